package dev.teletun.client.host.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.packet.Checksum;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbePacketTest {
  private static final int RIGHT = 0xffff;

  @ParameterizedTest
  @CsvSource({
    "TCP, 6, 10.96.0.10, 10.244.0.3, 20",
    "UDP, 17, 10.96.0.10, 10.244.0.3, 20",
    "TCP, 6, fd00::1, fd00::2, 40",
    "UDP, 17, fd00::1, fd00::2, 40"
  })
  void hasChecksumsThatAreRight(
      ExposedPorts.Transport transport, int protocol, String from, String to, int header) {
    byte[] bytes =
        new ProbePacket(transport, Addresses.parse(from), Addresses.parse(to), 9090, 0x1234567)
            .bytes();

    int length = bytes.length - header;
    int pseudo = Checksum.pseudoHeader(bytes, 0, protocol, length);
    assertThat(Checksum.sum(bytes, header, length, pseudo)).isEqualTo(RIGHT);
    if (header == 20) {
      assertThat(Checksum.sum(bytes, 0, header, 0)).isEqualTo(RIGHT);
    }
  }
}
