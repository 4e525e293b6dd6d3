package dev.teletun.protocol.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerLimitTest {
  private long now = Long.MAX_VALUE - 1_000; // nanoTime may overflow
  private final AnswerLimit limit = new AnswerLimit(() -> now);

  private int taken(int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += limit.take() ? 1 : 0;
    }
    return taken;
  }

  @Test
  void letsABurstThroughAndThenNothing() {
    assertThat(taken(1_000)).isEqualTo(AnswerLimit.BURST);
  }

  @Test
  void letsSoManyThroughInASecondOfFlood() {
    taken(1_000);
    int sum = 0;
    for (int i = 0; i < 10_000; i++) {
      now += 100_000;
      sum += taken(1);
    }

    assertThat(sum).isEqualTo(AnswerLimit.PER_SECOND);
  }

  @Test
  void savesNoMoreThanABurst() {
    now += 3_600_000_000_000L;

    assertThat(taken(1_000)).isEqualTo(AnswerLimit.BURST);
  }
}
