package dev.teletun.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
  private static final int CLIENTS = 1_000;

  /** As many as one server has lost at the same moment. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2_000, 5_000})
  void spreadsTheFirstAttemptsOfManyClients(int withinMillis) {
    long[] pauses = firstPauses(Duration.ofMillis(withinMillis));

    assertThat(LongStream.of(pauses)).allMatch(p -> p >= 50 && p <= 150L + withinMillis);
    long length = (100L + withinMillis) / 10;
    for (int tenth = 2; tenth < 8; tenth++) { // the ends are thinner: two chances add up
      long from = 50 + tenth * length;
      assertThat(LongStream.of(pauses).filter(p -> p >= from && p < from + length).count())
          .as("of the tenth from %d ms", from)
          .isBetween(60L, 150L);
    }
  }

  @Test
  void waitsAMinuteAtMostWhateverTheServerSays() {
    assertThat(LongStream.of(firstPauses(Duration.ofDays(1)))).allMatch(p -> p <= 60_150);
  }

  @Test
  void waitsTwiceAsLongEachTimeUpToASecond() {
    Backoff backoff = new Backoff(new Random(1), Duration.ZERO);
    Duration last = backoff.next();
    for (int i = 0; i < 2; i++) {
      Duration next = backoff.next();
      assertThat(next).isBetween(last.multipliedBy(2), last.multipliedBy(2).plusMillis(100));
      last = next;
    }
    for (int i = 0; i < 100; i++) {
      last = backoff.next();
    }
    assertThat(last).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100));
  }

  private static long[] firstPauses(Duration within) {
    return IntStream.range(0, CLIENTS)
        .mapToLong(seed -> new Backoff(new Random(seed * 7_919L), within).next().toMillis())
        .toArray();
  }
}
