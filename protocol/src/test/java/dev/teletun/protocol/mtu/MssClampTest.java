package dev.teletun.protocol.mtu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.NetworkOrder;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MssClampTest {
  private static final int AT = 3;

  @ParameterizedTest
  @CsvSource({
    // family, options, MSS that is announced, tunnel MTU, MSS that is left
    "4, 020405b4, 1460, 1376, 1336",
    "6, 020405a0, 1440, 1376, 1316",
    "4, 010303070101020405b40000, 1460, 1376, 1336",
    "4, 01020405b4000000, 1460, 1376, 1336", // at an odd place
    "4, 020405b4, 1460, 300, 536",
    "4, 02040218, 536, 1376, 536",
    "4, 02040538, 1336, 1376, 1336",
  })
  void lowersWhatASynAnnouncesAndKeepsItsChecksum(
      int family, String options, int before, int mtu, int after) {
    byte[] packet = syn(family, options, Tcp.SYN);
    assertThat(mss(packet, family, options)).isEqualTo(before);

    boolean changed = MssClamp.apply(packet, AT, packet.length - AT, mtu, false);

    assertThat(changed).isEqualTo(before != after);
    assertThat(mss(packet, family, options)).isEqualTo(after);
    assertThat(tcpSum(packet, family)).isEqualTo(0xffff);
  }

  @Test
  void leavesAChecksumThatIsNotWholeYet() {
    byte[] packet = syn(4, "020405b4", Tcp.SYN | Tcp.ACK);
    int field = AT + 20 + Tcp.CHECKSUM;
    int before = NetworkOrder.u16(packet, field);

    assertThat(MssClamp.apply(packet, AT, packet.length - AT, 1376, true)).isTrue();

    assertThat(NetworkOrder.u16(packet, field)).isEqualTo(before);
  }

  @Test
  void leavesWhatIsNoSynAlone() {
    byte[] ack = syn(4, "020405b4", Tcp.ACK);
    byte[] later = syn(4, "020405b4", Tcp.SYN);
    NetworkOrder.put16(later, AT + Ipv4.FRAGMENT, 100);
    byte[] udp = syn(4, "020405b4", Tcp.SYN);
    udp[AT + Ipv4.PROTOCOL] = Protocol.UDP;

    for (byte[] packet : new byte[][] {ack, later, udp}) {
      byte[] copy = packet.clone();
      assertThat(MssClamp.apply(packet, AT, packet.length - AT, 576, false)).isFalse();
      assertThat(packet).isEqualTo(copy);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"02000000", "02030500", "030001ff", "02ff05b4", "ffffffff", "00000000"})
  void standsOptionsThatLie(String options) {
    byte[] packet = syn(4, options, Tcp.SYN);
    byte[] copy = packet.clone();

    assertThat(MssClamp.apply(packet, AT, packet.length - AT, 576, false)).isFalse();

    assertThat(packet).isEqualTo(copy);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void standsAPacketCutAnywhere(int family) {
    byte[] whole = syn(family, "020405b4", Tcp.SYN);
    for (int length = 20; length < whole.length - AT; length++) {
      byte[] cut = Arrays.copyOf(whole, AT + length);

      assertThat(MssClamp.apply(cut, AT, length, 576, false)).isFalse();
    }
  }

  private static byte[] syn(int family, String options, int flags) {
    byte[] tail = HexFormat.of().parseHex(options);
    int header = family == 4 ? 20 : 40;
    byte[] packet = new byte[AT + header + 20 + tail.length];
    if (family == 4) {
      packet[AT] = 0x45;
      packet[AT + Ipv4.PROTOCOL] = Protocol.TCP;
    } else {
      packet[AT] = 0x60;
      packet[AT + 6] = Protocol.TCP;
    }
    packet[AT + header - 1] = 9; // of the destination
    int tcp = AT + header;
    packet[tcp + Tcp.DATA_OFFSET] = (byte) (((20 + tail.length) / 4) << 4);
    packet[tcp + Tcp.FLAGS] = (byte) flags;
    System.arraycopy(tail, 0, packet, tcp + 20, tail.length);
    NetworkOrder.put16(packet, tcp + Tcp.CHECKSUM, Checksum.complement(tcpSum(packet, family)));
    return packet;
  }

  private static int tcpSum(byte[] packet, int family) {
    int tcp = AT + (family == 4 ? 20 : 40);
    int length = packet.length - tcp;
    return Checksum.sum(
        packet, tcp, length, Checksum.pseudoHeader(packet, AT, Protocol.TCP, length));
  }

  private static int mss(byte[] packet, int family, String options) {
    int at = options.indexOf("0204") / 2;
    return NetworkOrder.u16(packet, AT + (family == 4 ? 20 : 40) + 20 + at + 2);
  }
}
