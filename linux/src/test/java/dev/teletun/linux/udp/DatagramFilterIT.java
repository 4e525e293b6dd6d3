package dev.teletun.linux.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.namespace.TestNamespace;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("netns")
@Timeout(30)
class DatagramFilterIT {
  private static final DatagramFilter FILTER =
      DatagramFilter.of(List.of(20, 22, 25), List.of(0xFEFD, 0xFEFF));

  private static final int IFF_NAPI = 0x10;

  private final DatagramTrain received = new DatagramTrain();

  @ParameterizedTest
  @CsvSource({"10.9.0.2, 10.9.0.1", "fd09::2, fd09::1"})
  void letsInWhatBeginsRightAndNothingElse(String from, String to) throws Exception {
    InetAddress source = InetAddress.ofLiteral(from);
    InetAddress destination = InetAddress.ofLiteral(to);
    try (TestNamespace namespace = TestNamespace.create();
        Fd device = namespace.call(() -> device(0))) {
      namespace.run("ip", "address", "add", to + "/24", "dev", "in0", "nodad");
      namespace.run("ip", "link", "set", "in0", "up");
      try (UdpSocket socket = namespace.call(() -> UdpSocket.bind(null, 0))) {
        socket.filter(FILTER);
        int port = socket.localAddress().getPort();
        for (int first = 0; first < 256; first++) {
          for (int version : List.of(0xFEFD, 0xFEFF, 0xFEFE, 0xFDFD, 0)) {
            byte[] payload = {(byte) first, (byte) (version >> 8), (byte) version, (byte) 0xC8};
            inject(device, packet(source, destination, port, payload));
          }
        }
        inject(device, packet(source, destination, port, new byte[0]));
        inject(device, packet(source, destination, port, new byte[] {22}));
        inject(device, packet(source, destination, port, new byte[] {22, (byte) 0xFE}));

        for (int first : List.of(20, 22, 25)) {
          for (int version : List.of(0xFEFD, 0xFEFF)) {
            assertThat(socket.receive(received)).isTrue();
            assertThat(Arrays.copyOf(received.bytes(), received.length()))
                .containsExactly(first, version >> 8, version, 0xC8);
          }
        }
        assertThat(socket.receive(received)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "::1"})
  void letsInATrainThatBeginsWrong(String loopback) throws Exception {
    byte[] train = new byte[3_000];
    try (UdpSocket socket = UdpSocket.bind(InetAddress.ofLiteral(loopback), 0);
        UdpSocket peer = UdpSocket.connect(socket.localAddress())) {
      socket.filter(FILTER);

      peer.send(UdpPeer.of(socket.localAddress()), train, 0, train.length, 1_000);

      receive(socket);
      assertThat(received.length()).isEqualTo(3_000);
    }
  }

  /** The kernel merges what arrives at once, as it does behind a network card. */
  @ParameterizedTest
  @CsvSource({"10.9.0.2, 10.9.0.1", "fd09::2, fd09::1"})
  void letsInAGoodOneThatTheKernelMergedWithABadOne(String from, String to) throws Exception {
    InetAddress source = InetAddress.ofLiteral(from);
    InetAddress destination = InetAddress.ofLiteral(to);
    byte[] bad = new byte[100];
    byte[] good = Arrays.copyOf(new byte[] {22, (byte) 0xFE, (byte) 0xFD}, 100);
    try (TestNamespace namespace = TestNamespace.create();
        Fd device = namespace.call(() -> device(IFF_NAPI))) {
      namespace.run("ip", "address", "add", to + "/24", "dev", "in0", "nodad");
      namespace.run("ip", "link", "set", "in0", "up");
      namespace.run("sh", "-c", "echo 200000000 > /sys/class/net/in0/gro_flush_timeout");
      try (UdpSocket socket = namespace.call(() -> UdpSocket.bind(null, 0))) {
        socket.filter(FILTER);
        int port = socket.localAddress().getPort();

        inject(device, packet(source, destination, port, bad));
        inject(device, packet(source, destination, port, good));

        receive(socket);
        assertThat(received.segmentBytes()).isEqualTo(100);
        assertThat(received.length()).isEqualTo(200);
      }
    }
  }

  /** Waits for one until the test's time limit. */
  private void receive(UdpSocket socket) throws IOException {
    while (!socket.receive(received)) {
      assertThat(Thread.currentThread().isInterrupted()).as("nothing came in time").isFalse();
    }
  }

  /** A whole packet whose checksum is in it, as it comes from another host. */
  private static byte[] packet(
      InetAddress source, InetAddress destination, int port, byte[] payload) {
    boolean v4 = source instanceof Inet4Address;
    int header = v4 ? 20 : 40;
    int udp = 8 + payload.length;
    ByteBuffer packet = ByteBuffer.allocate(header + udp);
    if (v4) {
      packet.putInt(0x45000000 | header + udp).putInt(0).put((byte) 64).put((byte) 17);
      packet.putShort((short) 0);
    } else {
      packet.putInt(0x60000000).putShort((short) udp).put((byte) 17).put((byte) 64);
    }
    packet.put(source.getAddress()).put(destination.getAddress());
    packet.putShort((short) 7).putShort((short) port).putShort((short) udp).putShort((short) 0);
    packet.put(payload);
    int addresses = v4 ? 8 : 32;
    int pseudo = sum(packet, header - addresses, addresses + udp, 17 + udp);
    packet.putShort(header + 6, (short) ~pseudo);
    if (v4) {
      packet.putShort(10, (short) ~sum(packet, 0, header, 0));
    }
    return packet.array();
  }

  /** RFC 1071. */
  private static int sum(ByteBuffer bytes, int at, int length, int start) {
    int sum = start;
    for (int i = 0; i < length; i++) {
      int octet = bytes.get(at + i) & 0xFF;
      sum += i % 2 == 0 ? octet << 8 : octet;
    }
    sum = (sum & 0xFFFF) + (sum >>> 16);
    return (sum & 0xFFFF) + (sum >>> 16);
  }

  private static void inject(Fd device, byte[] packet) {
    try (NativeMemory memory = NativeMemory.allocate(packet.length)) {
      memory.buffer().put(0, packet);
      assertThat(Libc.write(device.number(), memory.address(), packet.length))
          .isEqualTo(packet.length);
    }
  }

  private static Fd device(int flags) throws IOException {
    Fd fd = Fd.checked(Libc.open("/dev/net/tun", 2 | 0x800, 0), "open(/dev/net/tun)");
    try (NativeMemory ifreq = NativeMemory.allocate(40)) {
      ifreq.buffer().put(0, "in0".getBytes(StandardCharsets.US_ASCII));
      ifreq.buffer().putShort(16, (short) (0x1001 | flags)); // IFF_TUN | IFF_NO_PI
      assertThat(Libc.ioctl(fd.number(), 0x400454caL, ifreq.address())).isZero();
    }
    return fd;
  }
}
