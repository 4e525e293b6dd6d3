package dev.teletun.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In packets that do not begin with the array, behind bytes that look like options. */
class SourceRouteTest {
  private static final int AT = 48;

  @ParameterizedTest
  @CsvSource({
    "'', false",
    "01010101, false",
    "00838383, false",
    "01010183, true",
    "89030400, true",
    "94040000, false",
    "9404000001010100, false",
    "9404000001010189, true",
    "94030001, false",
    "94080000, true", // longer than the header
    "01010194, true", // no room for its length
    "94010000, true",
    "94ff0000, true",
  })
  void isFoundAmongTheOptionsOfIpv4(String options, boolean found) {
    byte[] tail = HexFormat.of().parseHex(options);
    byte[] packet = packet(20 + tail.length);
    packet[AT] = (byte) (0x45 + tail.length / 4);
    System.arraycopy(tail, 0, packet, AT + 20, tail.length);

    assertThat(SourceRoute.inIpv4(packet, AT)).isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource({
    "6, '', false",
    "43, 0600000100000000, true",
    "43, 0600000000000000, false",
    "60, 2b000000000000000600000100000000, true",
    "60, 0600000000000000, false",
    "60, 06010000000000000000000000000000, false",
    "60, 0601000000000000, true", // longer than the packet
    "60, 06000000000000, true",
  })
  void isFoundAmongTheHeadersOfIpv6(int next, String headers, boolean found) {
    byte[] tail = HexFormat.of().parseHex(headers);
    byte[] packet = packet(40 + tail.length);
    packet[AT + Ipv6.NEXT_HEADER] = (byte) next;
    System.arraycopy(tail, 0, packet, AT + 40, tail.length);

    assertThat(SourceRoute.inIpv6(packet, AT, 40 + tail.length)).isEqualTo(found);
  }

  private static byte[] packet(int length) {
    byte[] packet = new byte[AT + length];
    for (int i = 0; i < AT; i++) {
      packet[i] = (byte) 131;
    }
    return packet;
  }
}
