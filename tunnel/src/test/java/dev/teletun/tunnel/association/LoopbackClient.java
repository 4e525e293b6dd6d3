package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A client's association over a socket of its own. */
final class LoopbackClient implements Closeable, Ready, RecordSink {
  /** Packets received, as text. */
  final List<String> packets = new CopyOnWriteArrayList<>();

  final UdpSocket socket;

  private final EventLoop loop;
  private final UdpPeer server;
  private final ClientAssociation client;
  private final Watch watch;
  private final DatagramTrain train = new DatagramTrain();

  LoopbackClient(EventLoop loop, Keys keys, InetSocketAddress address) throws IOException {
    this(loop, keys, address, Lifetime.STANDARD);
  }

  LoopbackClient(EventLoop loop, Keys keys, InetSocketAddress address, Lifetime lifetime)
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
            1280,
            Duration.ofSeconds(20),
            lifetime);
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

  /** Takes a new association if it is time for one; true if it did. */
  boolean renewIfDue() throws Exception {
    FutureTask<Optional<CompletableFuture<Association>>> renewal =
        new FutureTask<>(
            () -> client.renewalDue() ? Optional.of(client.renew()) : Optional.empty());
    loop.execute(renewal);
    if (renewal.get().isEmpty()) {
      return false;
    }
    renewal.get().get().get(20, TimeUnit.SECONDS);
    return true;
  }

  /** True while the client may send. */
  boolean maySend() throws Exception {
    FutureTask<Boolean> question = new FutureTask<>(() -> client.current() != null);
    loop.execute(question);
    return question.get();
  }

  /** Sends one packet. */
  void send(String packet) throws Exception {
    byte[] bytes = packet.getBytes(StandardCharsets.US_ASCII);
    client.established().get();
    loop.call(() -> {
      Association association = client.current();
      if (association == null) {
        throw new IOException("there is no association");
      }
      byte[] record = new byte[bytes.length + Association.OVERHEAD];
      int size = association.seal(bytes, 0, bytes.length, record, 0);
      socket.send(server, record, 0, size, size);
    });
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
  public void answer(byte[] datagram, int at, int length) {
    socket.send(server, datagram, at, length, length);
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
