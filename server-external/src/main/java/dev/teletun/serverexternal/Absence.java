package dev.teletun.serverexternal;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Says whether the client is away: packets leave for it, it is asked whether it is there, and
 * nothing comes.
 *
 * <pre>
 *   there ──silent for a second while packets leave──► asked ──silent for a second and a half more──► away
 *     ▲────────────────────────────── anything comes ───────┴────────────────────────────────────────────┘
 * </pre>
 *
 * Loop thread only.
 */
final class Absence {
  // A client that receives and has nothing to say answers after 0.4 s.
  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofMillis(1_500);
  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  private final LongSupplier nanoClock;
  private long heardNanos;
  private long sent; // when it was last heard, or asked
  private boolean asked;
  private long firstAskedNanos;
  private long askedNanos;

  Absence(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * To be called a few times a second; the caller asks the client if told so.
   *
   * @param heard when anything last came from the client, on the clock
   * @param packets how many have left for it so far
   */
  boolean isToBeAsked(long heard, long packets) {
    long now = nanoClock.getAsLong();
    if (heard != heardNanos) {
      heardNanos = heard;
      sent = packets;
      asked = false;
    }
    if (packets == sent || !isLong(now - heard, SILENCE)) {
      return false;
    }
    if (asked && !isLong(now - askedNanos, ASK_AGAIN)) {
      return false;
    }
    if (!asked) {
      firstAskedNanos = now;
    }
    asked = true;
    askedNanos = now;
    sent = packets;
    return true;
  }

  /** True once it has not answered for so long that it is away. */
  boolean isCertain() {
    return asked && isLong(nanoClock.getAsLong() - firstAskedNanos, ANSWER);
  }

  private static boolean isLong(long nanos, Duration limit) {
    return nanos >= limit.toNanos();
  }
}
