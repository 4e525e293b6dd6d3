package dev.teletun.client.dns.way;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DisputesTest {
  private final Disputes disputes = new Disputes();

  @Test
  void endWithTheTenthAlsoWhenTheyComeSeldom() {
    for (long i = 0; i < 10; i++) {
      assertThat(disputes.isWorthwhile(seconds(-100 + 50 * i))).isTrue();
    }
    assertThat(disputes.isWorthwhile(seconds(-100 + 50 * 10))).isFalse();
  }

  @Test
  void areForgottenAfterAMinuteOfPeace() {
    for (long i = 0; i < 50; i++) {
      assertThat(disputes.isWorthwhile(seconds(61 * i))).isTrue();
    }
  }

  private static long seconds(long since) {
    return Long.MAX_VALUE + TimeUnit.SECONDS.toNanos(since); // which System.nanoTime may pass
  }
}
