package dev.teletun.client.connect;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * How long to wait before each attempt to dial a server again: twice as long each time, up to a
 * bound, and partly by chance, so that those who lost it together do not come back together.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LAST = Duration.ofSeconds(1);
  private static final Duration LONGEST_WITHIN = Duration.ofSeconds(60);

  private final RandomGenerator random;
  private Duration next;

  /**
   * Begins anew.
   *
   * @param within what the server asked to spread the first attempt over; 60 s at most
   */
  Backoff(RandomGenerator random, Duration within) {
    this.random = random;
    Duration spread = within.compareTo(LONGEST_WITHIN) < 0 ? within : LONGEST_WITHIN;
    next = FIRST.dividedBy(2).plus(upTo(FIRST)).plus(upTo(spread));
  }

  /** Begins anew, by chance of this thread. */
  static Backoff within(Duration within) {
    return new Backoff(ThreadLocalRandom.current(), within);
  }

  /** The next pause. */
  Duration next() {
    Duration pause = next;
    Duration twice = pause.multipliedBy(2);
    next = (twice.compareTo(LAST) < 0 ? twice : LAST).plus(upTo(FIRST));
    return pause;
  }

  private Duration upTo(Duration bound) {
    return Duration.ofNanos(random.nextLong(bound.toNanos() + 1));
  }
}
