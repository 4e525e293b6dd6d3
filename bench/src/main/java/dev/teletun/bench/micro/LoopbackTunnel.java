package dev.teletun.bench.micro;

import com.sun.management.ThreadMXBean;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.association.Associations;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.end.Side;
import dev.teletun.tunnel.end.TunnelEnd;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Both ends of a tunnel in one JVM, each on a loop of its own, over UDP on 127.0.0.1, after a
 * handshake; AF_UNIX sockets are their local ports, at whose other sides the caller is. What a
 * packet goes through in the product is all there, but for the TUN device, which takes rights.
 */
final class LoopbackTunnel implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int PATH_MTU = 1500;
  private static final int POLLIN = 1;

  private final CloseStack owned = new CloseStack();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final EventLoop clientLoop;
  private final EventLoop serverLoop;
  private final FramePort laptop;
  private final FramePort cluster;
  private final FrameBatch arrived = new FrameBatch(4 * FrameBatch.LARGEST_FRAME);
  private final NativeMemory pollfd = NativeMemory.allocate(8); // struct pollfd
  private long clientThread;
  private long serverThread;

  private LoopbackTunnel(Path directory) throws Exception {
    KeySet.generate(directory, false);
    Identity clientKey =
        Identity.load(directory.resolve("client.key"), directory.resolve("client.pub"));
    Identity serverKey =
        Identity.load(directory.resolve("server.key"), directory.resolve("server.pub"));
    clientLoop = owned.own(EventLoop.start("client"));
    serverLoop = owned.own(EventLoop.start("server"));
    clientLoop.call(() -> clientThread = Thread.currentThread().threadId());
    serverLoop.call(() -> serverThread = Thread.currentThread().threadId());
    Token token = Token.random();

    UdpSocket serverSocket = owned.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    ServerAssociations server =
        new ServerAssociations(
            serverLoop, serverSocket, serverKey, clientKey.pin(), PATH_MTU, () -> {});
    cluster = join(serverLoop, serverSocket, server, Side.SERVER, directory.resolve("cluster"));
    serverLoop.call(() -> server.open(InetAddress.getLoopbackAddress(), token));

    InetSocketAddress address = serverSocket.localAddress();
    UdpSocket clientSocket = owned.own(UdpSocket.connect(address));
    ClientAssociation client =
        ClientAssociation.begin(
            clientLoop,
            clientSocket,
            UdpPeer.of(address),
            clientKey,
            serverKey.pin(),
            Optional.of(token),
            Lifetime.STANDARD,
            PATH_MTU,
            PATIENCE);
    laptop = join(clientLoop, clientSocket, client, Side.CLIENT, directory.resolve("laptop"));
    client.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Returns when packets may flow. */
  static LoopbackTunnel open() throws Exception {
    Path directory = Files.createTempDirectory("teletun-micro");
    try {
      return new LoopbackTunnel(directory);
    } finally {
      delete(directory); // keys are in memory by now, and connected sockets need no file
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** An end with its port; the answer is the other side of that. */
  private FramePort join(
      EventLoop loop, UdpSocket socket, Associations associations, Side side, Path sockfile)
      throws IOException {
    PacketPort near;
    FramePort far;
    try (UnixListener listener =
        UnixListener.bind(sockfile, PosixFilePermissions.fromString("rw-------"))) {
      near = owned.own(new FramePort(UnixStream.connect(sockfile)));
      far = owned.own(new FramePort(listener.accept().orElseThrow()));
    }
    TunnelEnd end = new TunnelEnd(side, loop, Samples.MTU, _ -> {});
    UdpTransport transport = UdpTransport.open(loop, socket, associations, end, () -> {});
    owned.own(() ->
        loop.call(() -> {
          end.close();
          transport.close();
        }));
    loop.call(() -> {
      end.filter(new InnerFilter(List.of(Samples.POD)));
      end.receiveFrom(transport);
      end.sendBy(transport);
      end.attach(near);
    });
    return far;
  }

  /**
   * Sends frames into the client's port, and returns when all has come out of the server's.
   * Allocates nothing.
   *
   * @param headers bytes of headers in each packet
   * @param payload bytes of all payload
   */
  void carry(FrameBatch frames, int headers, int payload) throws IOException {
    if (!laptop.write(frames)) {
      throw new IOException("the port is full");
    }
    for (int left = payload; left > 0; ) {
      awaitCluster();
      arrived.clear();
      cluster.read(arrived);
      for (int frame = 0; frame < arrived.bytes(); frame = arrived.next(frame)) {
        left -= arrived.packetLength(frame) - headers;
      }
    }
  }

  private void awaitCluster() throws IOException {
    pollfd.buffer().putInt(0, cluster.fd().number()).putInt(4, POLLIN);
    if (Libc.poll(pollfd.address(), 1, (int) PATIENCE.toMillis()) != 1) {
      throw new IOException("packets were lost on the way");
    }
  }

  /** Bytes that the client's loop has allocated since it began. */
  long allocatedByClient() {
    return threads.getThreadAllocatedBytes(clientThread);
  }

  /** Bytes that the server's loop has allocated since it began. */
  long allocatedByServer() {
    return threads.getThreadAllocatedBytes(serverThread);
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
