package dev.teletun.linux.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.namespace.TestNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("netns")
@Timeout(30)
class UdpSocketIT {
  private static final byte[] TRAIN = new byte[6_000];

  private final DatagramTrain received = new DatagramTrain();

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void saysWhatExceedsThePathMtuUnlessItMayBeFragmented(String loopback) throws Exception {
    try (TestNamespace namespace = TestNamespace.create()) {
      namespace.run("ip", "link", "set", "lo", "mtu", "1400");
      try (UdpSocket server = namespace.call(() -> bind(loopback));
          UdpSocket client = namespace.call(() -> UdpSocket.connect(server.localAddress()))) {
        UdpPeer peer = UdpPeer.of(server.localAddress());
        assertThat(client.pathMtu()).isEqualTo(1_400);

        assertThat(client.send(peer, TRAIN, 0, 6_000, 1_500)).isEqualTo(SendResult.TOO_BIG);
        assertThat(client.send(peer, TRAIN, 0, 1_500, 0)).isEqualTo(SendResult.TOO_BIG);
        assertThat(client.send(peer, TRAIN, 0, 6_000, 1_300)).isEqualTo(SendResult.SENT);
        assertThat(bytesAt(server, 6_000)).isEqualTo(6_000);

        client.fragmentation(Fragmentation.ALLOWED);
        assertThat(client.send(peer, TRAIN, 0, 6_000, 1_500)).isEqualTo(SendResult.SENT);
        assertThat(bytesAt(server, 6_000)).isEqualTo(6_000);
        assertThat(client.segments()).as("GSO is still in use").isTrue();
      }
    }
  }

  /**
   * A TUN device to which nobody offered checksums. From Linux 6.11 on the kernel cuts and sums by
   * itself; before, it answers EIO and we do.
   */
  @Test
  void sendsATrainThroughADeviceThatCannotSumChecksums() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        Fd device = namespace.call(UdpSocketIT::plainTun)) {
      namespace.run("ip", "address", "add", "10.9.0.1/24", "dev", "plain0");
      namespace.run("ip", "link", "set", "plain0", "up");
      UdpPeer peer = UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("10.9.0.2"), 7));
      try (UdpSocket client = namespace.call(() -> UdpSocket.connect(peer.address()))) {
        assertThat(client.send(peer, TRAIN, 0, 3_000, 1_000)).isEqualTo(SendResult.SENT);

        assertThat(client.losses()).isEmpty();
        assertThat(packetsOf(device, 1_028)).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.9.9", "fd09:"})
  void answersFromTheAddressThatWasWrittenToAsLongAsThereIsOne(String network) throws Exception {
    String separator = network.contains(":") ? ":" : ".";
    String asked = network + separator + 2;
    String asker = network + separator + 1;
    String length = network.contains(":") ? "/128" : "/32";
    try (TestNamespace namespace = TestNamespace.create();
        UdpSocket server = namespace.call(() -> UdpSocket.bind(null, 0))) {
      namespace.run("ip", "address", "add", asker + length, "dev", "lo");
      namespace.run("ip", "address", "add", asked + length, "dev", "lo");
      InetAddress source = InetAddress.ofLiteral(asker);
      try (DatagramSocket client = namespace.call(() -> new DatagramSocket(0, source))) {
        client.connect(InetAddress.ofLiteral(asked), server.localAddress().getPort());
        client.send(new DatagramPacket(TRAIN, 100));
        bytesAt(server, 100);
        UdpPeer peer = received.peer();

        // The kernel itself would answer its own address from that very address.
        assertThat(server.send(peer, TRAIN, 0, 2_600, 1_300)).isEqualTo(SendResult.SENT);
        client.receive(new DatagramPacket(new byte[2_000], 2_000));
        client.receive(new DatagramPacket(new byte[2_000], 2_000));

        namespace.run("ip", "address", "del", asked + length, "dev", "lo");
        assertThat(server.send(peer, TRAIN, 0, 100, 0)).isEqualTo(SendResult.SENT);
      }
    }
  }

  @Test
  void countsWhatAMissingRouteAFirewallAndADeadLinkCost() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        UdpSocket socket = namespace.call(() -> UdpSocket.bind(null, 0))) {
      UdpPeer away = UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 7));
      UdpPeer near = UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7));

      assertThat(socket.send(away, TRAIN, 0, 10, 0)).isEqualTo(SendResult.LOST);
      namespace.run(
          "nft",
          "add table ip t; add chain ip t o { type filter hook output priority 0;"
              + " policy drop; }");
      assertThat(socket.send(near, TRAIN, 0, 3_000, 1_000)).isEqualTo(SendResult.LOST);

      assertThat(socket.losses()).isEqualTo(Map.of("ENETUNREACH", 1L, "EPERM", 3L));
    }
  }

  @Test
  void leavesWithTheMarkItWasGiven() throws Exception {
    try (TestNamespace namespace = TestNamespace.create()) {
      namespace.run("ip", "rule", "add", "fwmark", "84", "unreachable");
      try (UdpSocket socket = namespace.call(() -> bind("127.0.0.1"))) {
        UdpPeer self = UdpPeer.of(socket.localAddress());
        namespace.run("ip", "rule", "del", "table", "local");
        namespace.run("ip", "rule", "add", "table", "local", "priority", "40000");
        assertThat(socket.send(self, TRAIN, 0, 10, 0)).isEqualTo(SendResult.SENT);

        socket.mark(84);

        assertThat(socket.send(self, TRAIN, 0, 10, 0)).isEqualTo(SendResult.LOST);
      }
    }
  }

  private static UdpSocket bind(String address) throws IOException {
    return UdpSocket.bind(InetAddress.ofLiteral(address), 0);
  }

  /** Receives until there are {@code bytes}; ends by the test's time limit. */
  private int bytesAt(UdpSocket server, int bytes) throws IOException {
    int sum = 0;
    while (sum < bytes) {
      sum += server.receive(received) ? received.length() : 0;
      assertThat(Thread.currentThread().isInterrupted()).as("nothing came in time").isFalse();
    }
    return sum;
  }

  private static Fd plainTun() throws IOException {
    Fd fd = Fd.checked(Libc.open("/dev/net/tun", 2 | 0x800, 0), "open(/dev/net/tun)");
    try (NativeMemory ifreq = NativeMemory.allocate(40)) {
      ifreq.buffer().put(0, "plain0".getBytes(StandardCharsets.US_ASCII));
      ifreq.buffer().putShort(16, (short) 0x1001); // IFF_TUN | IFF_NO_PI
      assertThat(Libc.ioctl(fd.number(), 0x400454caL, ifreq.address())).isZero();
    }
    return fd;
  }

  /** How many packets of that length came out of the device. */
  private static int packetsOf(Fd device, int length) {
    int count = 0;
    try (NativeMemory packet = NativeMemory.allocate(2_000)) {
      for (long read = 0; read >= 0; ) {
        read = Libc.read(device.number(), packet.address(), packet.bytes());
        count += read == length ? 1 : 0;
      }
    }
    return count;
  }
}
