package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrayDatagramsTest {
  private static final byte[] RECORD =
      HexFormat.of().parseHex("17fefd00010000000000070018" + "00".repeat(24));

  private long nanos = 5;
  private final StrayDatagrams strays = new StrayDatagrams(() -> nanos);

  @Test
  void mayBeTriedWhenTheyLookLikeAPacket() {
    assertThat(strays.mayBeTried(RECORD, 0, RECORD.length)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"16fefd0001", "19fefd0001", "17fefd0000", "17fefd0002", "00fefd0001"})
  void areNotTriedWhenNoPacketLooksSo(String beginning) {
    byte[] other = RECORD.clone();
    byte[] start = HexFormat.of().parseHex(beginning);
    System.arraycopy(start, 0, other, 0, start.length);

    assertThat(strays.mayBeTried(other, 0, other.length)).isFalse();
  }

  @Test
  void areNotTriedWhenTheyAreTooShort() {
    for (int length = 0; length < RECORD.length; length++) {
      assertThat(strays.mayBeTried(RECORD, 0, length)).isFalse();
    }
  }

  @Test
  void areTriedSoOftenASecondAndNoMore() {
    for (int second = 0; second < 3; second++) {
      int tried = 0;
      for (int i = 0; i < 3 * StrayDatagrams.MOST_PER_SECOND; i++) {
        tried += strays.mayBeTried(RECORD, 0, RECORD.length) ? 1 : 0;
      }
      assertThat(tried).isEqualTo(StrayDatagrams.MOST_PER_SECOND);
      nanos += 1_000_000_000;
    }
  }
}
