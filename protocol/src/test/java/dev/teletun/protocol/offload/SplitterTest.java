package dev.teletun.protocol.offload;

import static dev.teletun.protocol.frame.VirtioNetHeader.F_NEEDS_CSUM;
import static dev.teletun.protocol.frame.VirtioNetHeader.GSO_NONE;
import static dev.teletun.protocol.frame.VirtioNetHeader.GSO_TCPV4;
import static dev.teletun.protocol.frame.VirtioNetHeader.GSO_TCPV6;
import static dev.teletun.protocol.frame.VirtioNetHeader.GSO_UDP_L4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitterTest {
  private final Splitter splitter = new Splitter();
  private final List<byte[]> segments = new ArrayList<>();
  private final PacketMaker maker = new PacketMaker();

  SplitterTest() {
    maker.payload = new byte[1_000];
    new Random(1).nextBytes(maker.payload);
  }

  @Test
  void completesThePartialChecksumOfAPlainPacket() {
    byte[] whole = maker.udp();
    byte[] partial = whole.clone();
    int sum = PacketMaker.plainSum(maker.pseudoHeader(Protocol.UDP, 1_008));
    partial[26] = (byte) (sum >> 8);
    partial[27] = (byte) sum;

    assertThat(split(partial, F_NEEDS_CSUM, GSO_NONE, 0, 20, Udp.CHECKSUM)).isTrue();

    assertThat(segments).containsExactly(whole);
  }

  @Test
  void leavesACompletePacketAlone() {
    assertThat(split(new byte[] {1}, 0, GSO_NONE, 0, 0, 0)).isTrue();
    assertThat(segments).containsExactly(new byte[] {1});
  }

  @Test
  void keepsIpOptionsAndExtensionHeaders() {
    maker.ipOptions = new byte[] {1, 1, 1, 0};
    assertThat(split(maker.tcp(), F_NEEDS_CSUM, GSO_TCPV4, 400, 24, Tcp.CHECKSUM)).isTrue();
    maker.v6().ipOptions = new byte[] {0, 1, 1, 4, 0, 0, 0, 0, 1, 6, 0, 0, 0, 0, 0, 0};
    assertThat(split(maker.tcp(), F_NEEDS_CSUM, GSO_TCPV6, 400, 56, Tcp.CHECKSUM)).isTrue();

    assertThat(segments).extracting(s -> s.length).containsExactly(444, 444, 244, 476, 476, 276);
    assertThat(segments).allMatch(PacketMaker::hasRightChecksums);
  }

  @Test
  void refusesAHeaderThatContradictsThePacket() {
    byte[] tcp = maker.tcp();
    byte[] udp = maker.udp();
    byte[] v6 = new PacketMaker().v6().tcp();
    maker.fragment = Ipv4.MF;
    byte[] fragment = maker.tcp();
    byte[] shortHeader = tcp.clone();
    shortHeader[32] = 0x40;
    byte[] longHeader = Arrays.copyOf(tcp, 50);
    longHeader[3] = 50;
    longHeader[2] = 0;
    longHeader[32] = (byte) 0xf0;

    assertThat(split(tcp, 0, GSO_TCPV4, 500, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_TCPV6, 500, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_UDP_L4, 500, 20, Udp.CHECKSUM)).isFalse();
    assertThat(split(udp, F_NEEDS_CSUM, GSO_TCPV4, 500, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(v6, F_NEEDS_CSUM, GSO_TCPV4, 500, 40, Tcp.CHECKSUM)).isFalse();
    assertThat(split(v6, F_NEEDS_CSUM, GSO_TCPV6, 500, 48, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, 3, 500, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_TCPV4, 0, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_TCPV4, 500, 24, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_TCPV4, 500, 20, Udp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_TCPV4, 500, 0xffff, Tcp.CHECKSUM)).isFalse();
    assertThat(split(fragment, F_NEEDS_CSUM, GSO_TCPV4, 500, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(shortHeader, F_NEEDS_CSUM, GSO_TCPV4, 500, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(longHeader, F_NEEDS_CSUM, GSO_TCPV4, 500, 20, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_NONE, 0, 1_030, Tcp.CHECKSUM)).isFalse();
    assertThat(split(tcp, F_NEEDS_CSUM, GSO_NONE, 0, 0, Ipv4.CHECKSUM)).isFalse();
    assertThat(segments).isEmpty();
  }

  @Test
  void refusesWhatIsCutAtEveryLength() {
    for (PacketMaker some : List.of(new PacketMaker(), new PacketMaker().v6())) {
      some.payload = new byte[100];
      byte[] whole = some.tcp();
      boolean v4 = some.source.length == 4;
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);

        assertThat(
                split(
                    cut, F_NEEDS_CSUM, v4 ? GSO_TCPV4 : GSO_TCPV6, 50, v4 ? 20 : 40, Tcp.CHECKSUM))
            .isFalse();
      }
    }
  }

  private boolean split(byte[] bytes, int flags, int type, int size, int start, int offset) {
    return splitter.split(
        bytes.clone(),
        0,
        bytes.length,
        flags,
        type,
        size,
        start,
        offset,
        (b, at, length) -> segments.add(Arrays.copyOfRange(b, at, at + length)));
  }
}
