package dev.teletun.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {

  @Test
  void agreesWithThePlainSumAtEveryLengthAndOffset() {
    byte[] bytes = new byte[200];
    new Random(1).nextBytes(bytes);
    for (int at = 0; at < 9; at++) {
      for (int length = 0; length < bytes.length - at; length++) {
        assertAgrees(bytes, at, length, 0);
      }
    }
  }

  @Test
  void losesNoCarry() {
    byte[] ones = new byte[65_535];
    Arrays.fill(ones, (byte) 0xff);

    assertAgrees(ones, 0, ones.length, 0xffff);
    assertAgrees(ones, 1, ones.length - 1, 0x1fffe);
  }

  @Test
  void isNeverZeroForUdp() {
    assertThat(Checksum.nonZeroComplement(0xffff)).isEqualTo(0xffff);
    assertThat(Checksum.nonZeroComplement(0)).isEqualTo(0xffff);
    assertThat(Checksum.complement(0xfffe)).isEqualTo(1);
  }

  private static void assertAgrees(byte[] bytes, int at, int length, int initial) {
    byte[] before = ByteBuffer.allocate(4).putInt(initial).array();
    int expected = PacketMaker.plainSum(before, Arrays.copyOfRange(bytes, at, at + length));
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);

    assertThat(Checksum.sum(bytes, at, length, initial)).isEqualTo(expected);
    assertThat(Checksum.sum(direct, at, length, initial)).isEqualTo(expected);
  }
}
