package dev.teletun.client.connect;

import java.time.Duration;

/** Asks the server for signs of life when they are due, and says when it gives none. */
final class Pulse {
  // NATs forget a flow of UDP after 30 s.
  private static final Duration KEEPALIVE = Duration.ofSeconds(15);
  // A server of version 1 may give the pod to another when nothing came for 30 s.
  private static final Duration KEEPALIVE_VERSION_1 = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration CALL_AGAIN = Duration.ofSeconds(1);
  private static final Duration DEAD = Duration.ofSeconds(3);

  private Pulse() {}

  /** Calls a server of version 1, which does not answer, so that it keeps the pod for us. */
  static void keepVersion1(Carrier now) {
    if (isLong(now.sinceCall(), KEEPALIVE_VERSION_1)) {
      now.callOut();
    }
  }

  /**
   * Calls a server of version 2: now and then while something goes either way, else rarely; and
   * again soon, because calls get lost too.
   */
  static void keep(Carrier now) {
    boolean due =
        isLong(now.silence(), KEEPALIVE)
            || (now.isWaiting() && isLong(now.sinceAnswer(), WayRule.UNCERTAIN));
    if (due && isLong(now.sinceCall(), isLong(now.unanswered(), DEAD) ? CALL_AGAIN : SOON)) {
      now.callOut();
    }
  }

  /** True if a server of version 2 was called long enough ago and has been silent since. */
  static boolean isLost(Carrier now) {
    return isLong(now.unanswered(), DEAD) && isLong(now.silence(), DEAD);
  }

  /** Calls once more, but not faster than once a second. */
  static void callAgain(Carrier now) {
    if (isLong(now.sinceCall(), CALL_AGAIN)) {
      now.callOut();
    }
  }

  private static boolean isLong(Duration duration, Duration limit) {
    return duration.compareTo(limit) >= 0;
  }
}
