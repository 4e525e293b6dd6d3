package dev.teletun.protocol.offload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.NetworkOrder;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;
import dev.teletun.protocol.packet.Verdict;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A superpacket as a TUN device hands it over: the packet, and what its virtio_net_hdr says. */
final class Superpacket {
  private static final int AT = 5; // odd, and not 0

  final byte[] bytes;
  final int gsoType;
  final int gsoSize;
  private final int payload;

  private Superpacket(byte[] bytes, int gsoType, int gsoSize, int payload) {
    this.bytes = bytes;
    this.gsoType = gsoType;
    this.gsoSize = gsoSize;
    this.payload = payload;
  }

  static Superpacket tcp(PacketMaker maker, int gsoSize) {
    boolean v4 = maker.source.length == 4;
    int ecn = (maker.flags & Tcp.CWR) != 0 ? VirtioNetHeader.GSO_ECN : 0;
    int type = (v4 ? VirtioNetHeader.GSO_TCPV4 : VirtioNetHeader.GSO_TCPV6) | ecn;
    return new Superpacket(maker.tcp(), type, gsoSize, maker.payload.length)
        .withPartialChecksum(maker, Protocol.TCP);
  }

  static Superpacket udp(PacketMaker maker, int gsoSize) {
    return new Superpacket(maker.udp(), VirtioNetHeader.GSO_UDP_L4, gsoSize, maker.payload.length)
        .withPartialChecksum(maker, Protocol.UDP);
  }

  /** Any that {@link Coalescer} can make again, perhaps of one segment only. */
  static Superpacket random(Random random) {
    PacketMaker maker = random.nextBoolean() ? new PacketMaker() : new PacketMaker().v6();
    maker.tos = random.nextInt(256);
    maker.id = random.nextInt(0x1_0000);
    maker.fragment = random.nextBoolean() ? Ipv4.DF : 0;
    maker.flowLabel = random.nextInt(1 << 20);
    maker.sequence = random.nextBoolean() ? random.nextInt() : -random.nextInt(2_000);
    maker.acknowledgment = random.nextInt();
    maker.window = random.nextInt(0x1_0000);
    maker.flags = Tcp.ACK + (random.nextInt(256) & (Tcp.FIN | Tcp.PSH | Tcp.ECE | Tcp.CWR));
    maker.tcpOptions = new byte[random.nextInt(11) * 4];
    random.nextBytes(maker.tcpOptions);
    int gsoSize = random.nextInt(5) == 0 ? 1 + random.nextInt(30) : 1 + random.nextInt(2_000);
    int most = Math.min(64 * gsoSize, 65_535 - 120);
    maker.payload = new byte[1 + random.nextInt(most)];
    random.nextBytes(maker.payload);
    return random.nextInt(3) == 0 ? udp(maker, gsoSize) : tcp(maker, gsoSize);
  }

  /** The segments, copied; the bytes around the superpacket must stay as they were. */
  List<byte[]> split() {
    byte[] memory = new byte[bytes.length + 2 * AT];
    Arrays.fill(memory, (byte) 0x5a);
    System.arraycopy(bytes, 0, memory, AT, bytes.length);
    List<byte[]> segments = new ArrayList<>();
    boolean done =
        new Splitter()
            .split(
                memory,
                AT,
                bytes.length,
                VirtioNetHeader.F_NEEDS_CSUM,
                gsoType,
                gsoSize,
                transport(),
                checksumOffset(),
                (b, at, length) -> segments.add(Arrays.copyOfRange(b, at, at + length)));
    assertThat(done).isTrue();
    assertThat(Arrays.copyOf(memory, AT)).containsOnly(0x5a);
    assertThat(Arrays.copyOfRange(memory, AT + bytes.length, memory.length)).containsOnly(0x5a);
    return segments;
  }

  void assertIsMadeOf(List<byte[]> segments) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (int i = 0; i < segments.size(); i++) {
      byte[] segment = segments.get(i);
      boolean last = i == segments.size() - 1;
      assertRightInIp(segment, i);
      if (isUdp()) {
        assertThat(NetworkOrder.u16(segment, transport() + Udp.LENGTH))
            .isEqualTo(segment.length - transport());
      } else {
        assertRightInTcp(segment, i, last);
      }
      assertThat(last || segment.length == headers() + gsoSize).isTrue();
      joined.write(segment, headers(), segment.length - headers());
    }
    assertThat(joined.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes, headers(), bytes.length));
  }

  private void assertRightInIp(byte[] segment, int index) {
    assertThat(IpCheck.check(segment, 0, segment.length)).isEqualTo(Verdict.PASS);
    assertThat(PacketMaker.hasRightChecksums(segment)).as("checksums of %d", index).isTrue();
    if (isV4()) {
      assertThat(NetworkOrder.u16(segment, Ipv4.ID))
          .isEqualTo((NetworkOrder.u16(bytes, Ipv4.ID) + index) & 0xffff);
    }
  }

  private void assertRightInTcp(byte[] segment, int index, boolean last) {
    int tcp = transport();
    int expected = bytes[tcp + Tcp.FLAGS] & 0xff;
    expected &= index == 0 ? 0xff : ~Tcp.CWR;
    expected &= last ? 0xff : ~(Tcp.FIN | Tcp.PSH);
    assertThat(segment[tcp + Tcp.FLAGS] & 0xff).isEqualTo(expected);
    assertThat(NetworkOrder.i32(segment, tcp + Tcp.SEQUENCE))
        .isEqualTo(NetworkOrder.i32(bytes, tcp + Tcp.SEQUENCE) + index * gsoSize);
    assertThat(Arrays.copyOfRange(segment, tcp + Tcp.WINDOW, tcp + Tcp.CHECKSUM))
        .isEqualTo(Arrays.copyOfRange(bytes, tcp + Tcp.WINDOW, tcp + Tcp.CHECKSUM));
  }

  boolean isV4() {
    return bytes[0] >> 4 == 4;
  }

  boolean isUdp() {
    return gsoType == VirtioNetHeader.GSO_UDP_L4;
  }

  int headers() {
    return bytes.length - payload;
  }

  int transport() {
    return isV4() ? (bytes[0] & 0xf) * 4 : 40;
  }

  int checksumOffset() {
    return isUdp() ? Udp.CHECKSUM : Tcp.CHECKSUM;
  }

  private Superpacket withPartialChecksum(PacketMaker maker, int protocol) {
    int sum = PacketMaker.plainSum(maker.pseudoHeader(protocol, bytes.length - transport()));
    bytes[transport() + checksumOffset()] = (byte) (sum >> 8);
    bytes[transport() + checksumOffset() + 1] = (byte) sum;
    return this;
  }
}
