package dev.teletun.client.cluster.access;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the API server is asked again: about 1 s, then twice as long each time,
 * up to 30 s.
 */
public final class Pause {
  private static final long FIRST_MILLIS = 1_000;
  private static final long LONGEST_MILLIS = 30_000;

  private final RandomGenerator random;
  private long millis = FIRST_MILLIS;

  /** Begins with the shortest. */
  public Pause(RandomGenerator random) {
    this.random = random;
  }

  /** The next one, between half and one and a half times what it is about. */
  public Duration next() {
    long about = millis;
    millis = Math.min(LONGEST_MILLIS, about * 2);
    return Duration.ofMillis(Math.min(LONGEST_MILLIS, about / 2 + random.nextLong(about + 1)));
  }

  /** It worked. */
  public void reset() {
    millis = FIRST_MILLIS;
  }
}
