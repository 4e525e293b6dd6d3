package dev.teletun.linux.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.namespace.TestNamespace;
import dev.teletun.linux.tun.Tun;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("netns")
@Timeout(60)
class TunPortIT {
  private static final int CAPACITY = 256 * 1024;

  private final FrameBatch batch = new FrameBatch(CAPACITY);

  @ParameterizedTest
  @CsvSource({"10.9.0.1, 10.9.0.2, 28", "fd09::1, fd09::2, 48"})
  void readsWhatTheKernelRoutesInAsOneSuperpacket(String here, String there, int headers)
      throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        TunPort port = new TunPort(device(namespace, here));
        UdpSocket socket = namespace.call(() -> UdpSocket.connect(at(there, 7)))) {
      assertThat(socket.send(UdpPeer.of(at(there, 7)), new byte[3_500], 0, 3_500, 1_000))
          .isEqualTo(dev.teletun.linux.udp.SendResult.SENT);

      int frame = readUntil(port, headers + 3_500);
      int header = batch.headerOffset(frame);
      assertThat(VirtioNetHeader.gsoType(batch.buffer(), header))
          .isEqualTo(VirtioNetHeader.GSO_UDP_L4);
      assertThat(VirtioNetHeader.gsoSize(batch.buffer(), header)).isEqualTo(1_000);
      assertThat(VirtioNetHeader.flags(batch.buffer(), header))
          .isEqualTo(VirtioNetHeader.F_NEEDS_CSUM);
      assertThat(VirtioNetHeader.checksumStart(batch.buffer(), header)).isEqualTo(headers - 8);

      batch.clear();
      port.read(batch);
      for (int more = 0; more < batch.bytes(); more = batch.next(more)) {
        assertThat(batch.packetLength(more)).as("multicast, and no segment").isLessThan(500);
      }
    }
  }

  /** Two kernels talk TCP through two devices whose frames we hand across, untouched. */
  @ParameterizedTest
  @CsvSource({"10.9.0.1, 10.9.0.2", "fd09::1, fd09::2"})
  void writesWhatTheKernelTakesAsSuperpackets(String here, String there) throws Exception {
    AtomicInteger superpackets = new AtomicInteger();
    byte[] sent = new byte[8 << 20];
    new Random(1).nextBytes(sent);
    try (TestNamespace near = TestNamespace.create();
        TestNamespace far = TestNamespace.create();
        TunPort nearPort = new TunPort(device(near, here));
        TunPort farPort = new TunPort(device(far, there));
        EventLoop loop = EventLoop.start("hand-across")) {
      carry(loop, nearPort, farPort, superpackets);
      carry(loop, farPort, nearPort, superpackets);
      ServerSocket server =
          far.call(() -> new ServerSocket(5_000, 1, InetAddress.ofLiteral(there)));
      CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> readAll(server));

      Socket client = near.call(() -> new Socket(InetAddress.ofLiteral(there), 5_000));
      try (client) {
        OutputStream out = client.getOutputStream();
        out.write(sent);
      }

      assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
      assertThat(superpackets).hasValueGreaterThan(100);
      assertThat(loop.ended()).isNotDone();
      server.close();
    }
  }

  @Test
  void dropsOnePacketThatTheKernelRefusesAndGoesOn() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        TunPort port = new TunPort(device(namespace, "10.9.0.1"));
        UdpSocket socket =
            namespace.call(() -> UdpSocket.bind(InetAddress.ofLiteral("10.9.0.1"), 7))) {
      add(new byte[] {0x10, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 0);
      add(udp(), 0);
      add(udp(), VirtioNetHeader.GSO_TCPV4); // without a size and a checksum to complete
      add(udp(), 0);

      assertThat(port.write(batch)).isTrue();

      assertThat(port.dropped()).isEqualTo(2);
      DatagramTrain train = new DatagramTrain();
      int received = 0;
      while (received < 2) {
        if (socket.receive(train)) {
          received += train.length();
        } else {
          Thread.onSpinWait(); // ends by the test's time limit
        }
      }
    }
  }

  @Test
  void dropsWhatGoesIntoADeviceThatIsDown() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        TunPort port = new TunPort(namespace.call(() -> Tun.open("tel%d")))) {
      add(udp(), 0);

      assertThat(port.write(batch)).isTrue();

      assertThat(port.dropped()).isEqualTo(1);
      assertThat(port.read(batch)).isZero();
    }
  }

  @Test
  void endsWhenTheDeviceIsDeleted() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        TunPort port = new TunPort(device(namespace, "10.9.0.1"));
        EventLoop loop = EventLoop.start("watches-a-device")) {
      Watch watch = loop.watch(port.fd(), () -> drain(port));
      loop.execute(() -> watch.reading(true));
      namespace.run("ip", "link", "del", "tel0");

      assertThat(loop.ended())
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingCause()
          .withMessageContaining("read(TUN device tel0) failed: EBADFD");
      add(udp(), 0);
      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(() -> port.write(batch))
          .withMessageContaining("The device was deleted")
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADFD));
    }
  }

  /** A device that is up and holds {@code address}, with the other one's network behind it. */
  private static Tun device(TestNamespace namespace, String address) throws IOException {
    Tun tun = namespace.call(() -> Tun.open("tel%d"));
    String prefix = address + (address.contains(":") ? "/64" : "/24");
    namespace.run("ip", "address", "add", prefix, "dev", tun.name(), "nodad");
    namespace.run("ip", "link", "set", tun.name(), "up");
    return tun;
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  /** Reads until there is a packet of {@code length}, past what the kernel says by itself. */
  private int readUntil(TunPort port, int length) throws IOException {
    while (true) { // ends by the test's time limit
      batch.clear();
      port.read(batch);
      for (int frame = 0; frame < batch.bytes(); frame = batch.next(frame)) {
        if (batch.packetLength(frame) == length) {
          return frame;
        }
      }
    }
  }

  private static void carry(EventLoop loop, TunPort from, TunPort to, AtomicInteger superpackets)
      throws IOException {
    FrameBatch carried = new FrameBatch(CAPACITY);
    Ready ready =
        () -> {
          carried.clear();
          from.read(carried);
          for (int frame = 0; frame < carried.bytes(); frame = carried.next(frame)) {
            int size = VirtioNetHeader.gsoSize(carried.buffer(), carried.headerOffset(frame));
            superpackets.addAndGet(size > 0 ? 1 : 0);
          }
          to.write(carried);
        };
    Watch watch = loop.watch(from.fd(), ready);
    loop.execute(() -> watch.reading(true));
  }

  private void drain(TunPort port) throws IOException {
    batch.clear();
    port.read(batch);
    batch.clear();
  }

  private static byte[] readAll(ServerSocket server) {
    try (Socket accepted = server.accept();
        InputStream in = accepted.getInputStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void add(byte[] packet, int gsoType) {
    VirtioNetHeader.put(batch.buffer(), batch.nextHeaderOffset(), 0, gsoType, 0, 0, 0, 0);
    batch.buffer().put(batch.nextPacketOffset(), packet);
    batch.commit(packet.length);
  }

  /** One byte from 10.9.0.2 port 1 to 10.9.0.1 port 7, without UDP checksum. */
  private static byte[] udp() {
    byte[] packet = {
      0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 10, 9, 0, 2, 10, 9, 0, 1, 0, 1, 0, 7, 0, 9, 0, 0, 42
    };
    int sum = 0;
    for (int at = 0; at < 20; at += 2) {
      sum += ((packet[at] & 0xff) << 8) | (packet[at + 1] & 0xff);
    }
    int checksum = ~((sum & 0xffff) + (sum >>> 16));
    packet[10] = (byte) (checksum >> 8);
    packet[11] = (byte) checksum;
    return packet;
  }
}
