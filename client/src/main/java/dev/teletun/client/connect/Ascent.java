package dev.teletun.client.connect;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When to try better places than the one in use: soon at first and when something has changed, then
 * ever less often. A place that was lost soon after it was taken is tried later each time, so that
 * one that comes and goes does not take the session along. Any thread.
 */
final class Ascent {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration CONTENT = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final LongSupplier nanoClock;
  private Duration pause = SOON;
  private Duration distrust = SOON;
  private long triedNanos;
  private long takenNanos;
  private long changedNanos;

  Ascent(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    triedNanos = nanoClock.getAsLong();
    changedNanos = triedNanos - SOON.toNanos();
    takenNanos = triedNanos - CONTENT.toNanos(); // the first place is as good as an old one
  }

  /** Time left until the next try; zero if it is due. */
  synchronized Duration left() {
    long left = pause.toNanos() - (nanoClock.getAsLong() - triedNanos);
    return Duration.ofNanos(Math.max(0, left));
  }

  /** Better places were tried, and one was taken or not. */
  synchronized void tried(boolean taken) {
    triedNanos = nanoClock.getAsLong();
    if (taken) {
      takenNanos = triedNanos;
    }
    pause = taken || pause.isZero() ? SOON : min(CONTENT, pause.multipliedBy(2));
  }

  /**
   * The network has changed: what did not answer may do so now. It is tried at once, but no more
   * than once in 10 s: our own routes are such changes, too.
   */
  synchronized void changed() {
    long now = nanoClock.getAsLong();
    boolean calm = now - changedNanos >= SOON.toNanos();
    if (calm) {
      changedNanos = now;
    }
    pause = calm ? Duration.ZERO : min(pause, SOON);
    distrust = SOON;
  }

  /** The place in use was lost, and another one taken. */
  synchronized void fell() {
    triedNanos = nanoClock.getAsLong();
    boolean soon = triedNanos - takenNanos < CONTENT.toNanos();
    distrust = soon ? min(LONGEST, distrust.multipliedBy(2)) : SOON;
    pause = distrust;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
