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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/** A server's associations behind a socket on 127.0.0.1, on a loop of its own. */
final class LoopbackServer implements Closeable, Ready, PacketSink, ServerAssociations.Listener {
  /** Packets received, as text. */
  final List<String> packets = new CopyOnWriteArrayList<>();

  /** Where associations were made with, in order. */
  final List<UdpPeer> associated = new CopyOnWriteArrayList<>();

  /** Where the client moved to, in order. */
  final List<UdpPeer> moved = new CopyOnWriteArrayList<>();

  /** Datagrams that arrived and have been dealt with. */
  final AtomicInteger datagrams = new AtomicInteger();

  final ServerAssociations associations;

  private final EventLoop loop;
  private final UdpSocket socket;
  private final Watch watch;
  private final DatagramTrain train = new DatagramTrain();

  /** How many associations lived too long. */
  final AtomicInteger expired = new AtomicInteger();

  LoopbackServer(EventLoop loop, Keys keys) throws IOException {
    this(loop, keys, Lifetime.STANDARD);
  }

  LoopbackServer(EventLoop loop, Keys keys, Lifetime lifetime) throws IOException {
    this.loop = loop;
    socket = UdpSocket.bind(InetAddress.getLoopbackAddress(), 0);
    associations =
        new ServerAssociations(
            loop, socket, keys.server(), keys.client().pin(), 1280, this, lifetime);
    watch = loop.watch(socket.fd(), this);
    loop.execute(() -> watch.reading(true));
  }

  /** A session begins. */
  void open() throws IOException {
    loop.call(() -> associations.open(InetAddress.getLoopbackAddress(), null));
  }

  /** A session of version 2 begins or goes on. */
  void open(Token token) throws IOException {
    loop.call(() -> associations.open(InetAddress.getLoopbackAddress(), token));
  }

  /** A session ends. */
  void endSession() throws IOException {
    loop.call(associations::close);
  }

  InetSocketAddress address() throws IOException {
    return socket.localAddress();
  }

  /** Asks on the loop whether the server may send. */
  boolean maySend() throws Exception {
    FutureTask<Boolean> question = new FutureTask<>(() -> associations.current() != null);
    loop.execute(question);
    return question.get();
  }

  long wrongTokens() throws Exception {
    FutureTask<Long> question = new FutureTask<>(associations::wrongTokens);
    loop.execute(question);
    return question.get();
  }

  int handshakes() throws Exception {
    FutureTask<Integer> question = new FutureTask<>(associations::handshakes);
    loop.execute(question);
    return question.get();
  }

  /** Sends one packet if it may. */
  void send(String packet) throws IOException {
    loop.call(() -> {
      Association to = associations.current();
      UdpPeer peer = associations.peer();
      if (to != null && peer != null) {
        byte[] bytes = packet.getBytes(StandardCharsets.US_ASCII);
        byte[] record = new byte[bytes.length + to.overhead()];
        int size = to.seal(bytes, 0, bytes.length, record, 0);
        socket.send(peer, record, 0, size, size);
      }
    });
  }

  @Override
  public void readable() throws IOException {
    while (socket.receive(train)) {
      associations.received(train, this);
      datagrams.addAndGet((train.length() + train.segmentBytes() - 1) / train.segmentBytes());
    }
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    packets.add(new String(bytes, at, length, StandardCharsets.US_ASCII));
  }

  @Override
  public void probed(int size) {}

  @Override
  public void leftover() {
    associations.feedLeftover(this);
  }

  @Override
  public void associated(UdpPeer peer) {
    associated.add(peer);
  }

  @Override
  public void moved(UdpPeer peer) {
    moved.add(peer);
  }

  @Override
  public void peerClosed() {}

  @Override
  public void switched(int number, boolean first) {}

  @Override
  public void expired() {
    expired.incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    loop.call(() -> {
      associations.close();
      watch.close();
    });
    socket.close();
  }
}
