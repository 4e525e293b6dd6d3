package dev.teletun.client.dns.way;

import java.time.Duration;

/** How often others undid what a way does to this host: two programs must not fight for ever. */
final class Disputes {
  private static final int MOST = 10;

  /** Without one for so long, those before count no more. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private int count;
  private long lastNanos;

  /**
   * Another one.
   *
   * @param nowNanos of {@link System#nanoTime}
   * @return whether ours is to be put back; else theirs stands
   */
  boolean isWorthwhile(long nowNanos) {
    if (count > 0 && nowNanos - lastNanos > QUIET.toNanos()) {
      count = 0;
    }
    lastNanos = nowNanos;
    if (count < MOST) {
      count++;
      return true;
    }
    return false;
  }
}
