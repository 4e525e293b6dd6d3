package dev.teletun.client.connect;

import java.time.Duration;

/** Notices that this process or its machine did not run for a while. */
final class Sleep {
  private static final Duration LATE = Duration.ofSeconds(5);

  private long nanos = System.nanoTime();
  private long millis = System.currentTimeMillis();

  /**
   * True if it slept since the last call: that was long ago, or the clock that stands still while
   * the machine sleeps has fallen behind the other.
   */
  boolean isOver() {
    long nanosNow = System.nanoTime();
    long millisNow = System.currentTimeMillis();
    long passed = nanosNow - nanos;
    long drift = Math.abs(millisNow - millis - passed / 1_000_000);
    nanos = nanosNow;
    millis = millisNow;
    return passed > LATE.toNanos() || drift > LATE.toMillis();
  }
}
