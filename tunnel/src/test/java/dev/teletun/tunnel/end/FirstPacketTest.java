package dev.teletun.tunnel.end;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client may send as soon as it has finished the handshake, before the server's loop knows. */
@Timeout(60)
class FirstPacketTest {
  // On loopback roughly one in five first packets is that early.
  private static final int ASSOCIATIONS = 60;
  private static final int TUNNEL_MTU = 1400;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<InetAddress> P = List.of(Addresses.parse("10.0.2.7"));
  // IPv4, 20 bytes, protocol 59, from P to 10.0.2.9; the header checksum is right.
  private static final byte[] PACKET =
      HexFormat.of().parseHex("4500001400000000403b62a0" + "0a000207" + "0a000209");

  private final CloseStack resources = new CloseStack();
  private @TempDir Path directory;
  private Identity server;
  private Identity client;

  @BeforeEach
  void makeKeys() throws Exception {
    KeySet.generate(directory, false);
    server = Identity.load(directory.resolve("server.key"), directory.resolve("server.pub"));
    client = Identity.load(directory.resolve("client.key"), directory.resolve("client.pub"));
  }

  @AfterEach
  void close() throws IOException {
    resources.close();
  }

  @Test
  void deliversTheFirstPacketHoweverEarlyItComes() throws Exception {
    EventLoop loop = resources.own(EventLoop.start("server"));
    UdpSocket socket = resources.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    CountingPort port = new CountingPort();
    Server serving = new Server(loop, socket, port);
    loop.call(serving::open);

    for (int i = 0; i < ASSOCIATIONS; i++) {
      sendOnePacket(socket.localAddress());

      assertThat(port.packets.tryAcquire(5, SECONDS)).as("packet of association %d", i).isTrue();
      assertThat(loop.ended()).as("the server's loop").isNotDone();
    }
  }

  private void sendOnePacket(InetSocketAddress to) throws Exception {
    try (CloseStack own = new CloseStack()) {
      UdpSocket socket = own.own(UdpSocket.connect(to));
      EventLoop loop = own.own(EventLoop.start("client"));
      ClientAssociation association =
          ClientAssociation.begin(
              loop,
              socket,
              UdpPeer.of(to),
              client,
              server.pin(),
              Optional.empty(),
              Lifetime.STANDARD,
              1280,
              PATIENCE);
      own.own(() -> loop.call(association::close));
      Quiet quiet = new Quiet();
      TunnelEnd end = new TunnelEnd(Side.CLIENT, loop, TUNNEL_MTU, quiet);
      own.own(() -> loop.call(end::close));
      UdpTransport transport = own.own(UdpTransport.open(loop, socket, association, end, quiet));
      loop.call(() -> {
        end.receiveFrom(transport);
        end.sendBy(transport);
      });
      association.established().thenRun(() -> end.send(PACKET)).get(10, SECONDS);
    }
  }

  /** What server-external does when an association begins. */
  private final class Server extends Quiet implements ServerAssociations.Listener {
    private final ServerAssociations associations;
    private final TunnelEnd end;
    private final UdpTransport transport;
    private final PacketPort port;

    Server(EventLoop loop, UdpSocket socket, PacketPort port) throws IOException {
      this.port = port;
      associations = new ServerAssociations(loop, socket, server, client.pin(), 1280, this);
      end = new TunnelEnd(Side.SERVER, loop, TUNNEL_MTU, this);
      transport = resources.own(UdpTransport.open(loop, socket, associations, end, this));
    }

    void open() throws IOException {
      end.filter(new InnerFilter(P));
      end.receiveFrom(transport);
      end.sendBy(transport);
      end.attach(port);
      associations.open(null, null);
    }

    @Override
    public void leftover() {
      transport.feed(associations::feedLeftover);
    }
  }

  private static class Quiet implements TunnelEnd.Listener, TrainSender.TooBig {
    @Override
    public void portEnded(@Nullable IOException failure) {}

    @Override
    public void datagramTooBig() {}
  }

  /** Counts packets; its descriptor is a socket on which nothing ever comes. */
  private final class CountingPort implements PacketPort {
    final Semaphore packets = new Semaphore(0);
    private final UnixStream silent;

    CountingPort() throws IOException {
      Path path = directory.resolve("silent");
      resources.own(UnixListener.bind(path, PosixFilePermissions.fromString("rw-------")));
      silent = resources.own(UnixStream.connect(path));
    }

    @Override
    public Fd fd() {
      return silent.fd();
    }

    @Override
    public int read(FrameBatch into) {
      return 0;
    }

    @Override
    public boolean write(FrameBatch from) {
      packets.release(from.count());
      return true;
    }

    @Override
    public boolean flush() {
      return true;
    }

    @Override
    public boolean takesUdpSegments() {
      return false;
    }

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
