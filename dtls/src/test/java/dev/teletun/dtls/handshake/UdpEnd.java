package dev.teletun.dtls.handshake;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One end on a real UDP socket with a thread of its own. A server takes one client, and sends every
 * packet back with {@code echo:} in front.
 */
final class UdpEnd implements Closeable {
  final Peer peer = new Peer(this::send);

  private final DatagramSocket socket;
  private final Identity own;
  private final Pin pin;
  private final boolean server;
  private final HelloVerifier verifier = new HelloVerifier(System::nanoTime);
  private final Queue<String> toSend = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "udp-end");
  private volatile @Nullable SocketAddress remote;
  private volatile @Nullable Throwable failure;
  private int echoed;

  private UdpEnd(boolean server, Identity own, Pin pin) throws IOException {
    this.server = server;
    this.own = own;
    this.pin = pin;
    this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.setSoTimeout(5);
  }

  static UdpEnd server(Identity own, Pin client) throws IOException {
    UdpEnd end = new UdpEnd(true, own, client);
    end.thread.start();
    return end;
  }

  static UdpEnd client(int port, Identity own, Pin server) throws IOException {
    UdpEnd end = new UdpEnd(false, own, server);
    end.remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    end.peer.start(Handshake.client(own, server, 1500, end::send, Duration.ofSeconds(15)));
    end.thread.start();
    return end;
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Any thread; leaves as soon as there is an association. */
  void sendPacket(String packet) {
    toSend.add(packet);
  }

  private void run() {
    try {
      byte[] bytes = new byte[65_536];
      while (!socket.isClosed()) {
        DatagramPacket datagram = new DatagramPacket(bytes, bytes.length);
        try {
          socket.receive(datagram);
          take(datagram);
        } catch (SocketTimeoutException _) {
          // time to look at the rest
        } catch (IOException _) {
          continue; // a refused datagram, or closed
        }
        work();
      }
    } catch (Throwable t) {
      failure = t;
    }
  }

  private void take(DatagramPacket datagram) {
    byte[] bytes = datagram.getData();
    if (!server || peer.isStarted()) {
      peer.deliver(bytes, 0, datagram.getLength());
      return;
    }
    SocketAddress from = datagram.getSocketAddress();
    remote = from;
    verifier
        .verify(
            from.toString().getBytes(StandardCharsets.US_ASCII),
            bytes,
            0,
            datagram.getLength(),
            this::send)
        .ifPresent(hello ->
            peer.start(
                Handshake.server(own, pin, hello, 1500, this::send, Duration.ofSeconds(15))));
  }

  private void work() {
    peer.pump();
    while (server && echoed < peer.packets.size()) {
      peer.send("echo:" + peer.packets.get(echoed++));
    }
    boolean ready =
        peer.isStarted()
            && peer.handshake().result().isDone()
            && !peer.handshake().result().isCompletedExceptionally();
    while (ready && !toSend.isEmpty()) {
      peer.send(toSend.remove());
    }
  }

  private void send(byte[] bytes, int at, int length) {
    SocketAddress to = remote;
    if (to != null) {
      try {
        socket.send(new DatagramPacket(bytes, at, length, to));
      } catch (IOException _) {
        return; // lost, as datagrams are
      }
    }
  }

  @Override
  public void close() throws IOException {
    peer.close();
    socket.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IOException(failure);
    }
  }
}
