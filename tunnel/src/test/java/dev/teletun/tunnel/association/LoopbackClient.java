package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.transport.PacketSink;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client's association over a socket of its own. */
final class LoopbackClient implements Closeable, Ready, PacketSink {
  /** Packets received, as text. */
  final List<String> packets = new CopyOnWriteArrayList<>();

  final UdpSocket socket;

  private final EventLoop loop;
  private final UdpPeer server;
  private final ClientAssociation client;
  private final Watch watch;
  private final DatagramTrain train = new DatagramTrain();

  LoopbackClient(EventLoop loop, Keys keys, InetSocketAddress address) throws IOException {
    this(loop, keys, address, Optional.empty(), Lifetime.STANDARD);
  }

  LoopbackClient(EventLoop loop, Keys keys, InetSocketAddress address, Optional<Token> token)
      throws IOException {
    this(loop, keys, address, token, Lifetime.STANDARD);
  }

  LoopbackClient(
      EventLoop loop,
      Keys keys,
      InetSocketAddress address,
      Optional<Token> token,
      Lifetime lifetime)
      throws IOException {
    this.loop = loop;
    server = UdpPeer.of(address);
    socket = UdpSocket.connect(address);
    client =
        ClientAssociation.begin(
            loop,
            socket,
            server,
            keys.client(),
            keys.server().pin(),
            token,
            lifetime,
            1280,
            Duration.ofSeconds(20));
    watch = loop.watch(socket.fd(), this);
    loop.execute(() -> watch.reading(true));
  }

  /** Waits until the handshake has succeeded. */
  LoopbackClient established() throws Exception {
    client.established().get(20, TimeUnit.SECONDS);
    loop.call(() -> client.feedLeftover(this));
    return this;
  }

  boolean isEstablished() {
    return client.established().isDone();
  }

  /** Waits until the server has taken the token. */
  LoopbackClient ready() throws Exception {
    established();
    client.ready().get(20, TimeUnit.SECONDS);
    return this;
  }

  boolean isReady() {
    return client.ready().isDone();
  }

  /** True while the client may send. */
  boolean maySend() throws IOException {
    AtomicBoolean answer = new AtomicBoolean();
    loop.call(() -> answer.set(client.current() != null));
    return answer.get();
  }

  boolean renewalDue() throws IOException {
    AtomicBoolean answer = new AtomicBoolean();
    loop.call(() -> answer.set(client.renewalDue()));
    return answer.get();
  }

  boolean isOver() throws IOException {
    AtomicBoolean answer = new AtomicBoolean();
    loop.call(() -> answer.set(client.isOver()));
    return answer.get();
  }

  /** Asks for a sign of life, and waits for it. */
  boolean echo() throws Exception {
    loop.call(client::callOut);
    AtomicBoolean answered = new AtomicBoolean();
    Eventually.holds(
        "the echo's answer",
        () -> {
          loop.call(() -> answered.set(client.unansweredNanos() == 0));
          return answered.get();
        });
    return answered.get();
  }

  InetSocketAddress address() throws IOException {
    return socket.localAddress();
  }

  /** Sends one packet. */
  void send(String packet) throws Exception {
    sendRaw(record(packet));
  }

  /** Sends one packet if it may. */
  void sendIfAllowed(String packet) throws IOException {
    loop.call(() -> {
      Association to = client.current();
      if (to != null) {
        byte[] bytes = packet.getBytes(StandardCharsets.US_ASCII);
        byte[] record = new byte[bytes.length + to.overhead()];
        int size = to.seal(bytes, 0, bytes.length, record, 0);
        socket.send(server, record, 0, size, size);
      }
    });
  }

  /** One packet as a record that has not been sent yet. */
  byte[] record(String packet) throws Exception {
    byte[] bytes = packet.getBytes(StandardCharsets.US_ASCII);
    Association association = client.established().get();
    byte[] record = new byte[bytes.length + association.overhead()];
    loop.call(() -> association.seal(bytes, 0, bytes.length, record, 0));
    return record;
  }

  /** Sends bytes as they are, from the client's own address and port. */
  void sendRaw(byte[] datagram) throws IOException {
    loop.call(() -> socket.send(server, datagram, 0, datagram.length, datagram.length));
  }

  @Override
  public void readable() throws IOException {
    while (socket.receive(train)) {
      client.received(train, this);
    }
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    packets.add(new String(bytes, at, length, StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    loop.call(() -> {
      client.close();
      watch.close();
    });
    socket.close();
  }
}
