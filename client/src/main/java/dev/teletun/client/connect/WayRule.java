package dev.teletun.client.connect;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which packets go over UDP or over TCP: over UDP if it gets through.
 *
 * <pre>
 *   UDP ──silent for a second although asked,
 *         or no answer for 1.5 s─────────────────► TCP
 *   UDP ◄──has answered for two seconds─────────── TCP
 * </pre>
 *
 * Loop thread only.
 */
final class WayRule {
  /** What follows. */
  enum Choice {
    /** All stays as it is. */
    STAY,
    /** Over UDP, if there is any. */
    UDP,
    /** Over UDP, and TCP is still good for what is under way. */
    BACK_TO_UDP,
    /** Over TCP. */
    TCP
  }

  /** How TCP stands. */
  enum Tcp {
    /** Not connected. */
    NONE,
    /** Connected. */
    READY,
    /** Connected, and packets go over it. */
    IN_USE
  }

  /**
   * How UDP stands.
   *
   * @param usable false before its handshake has ended and after the end of its association
   * @param unanswered time since the oldest call without an answer; zero if the last one has one
   * @param silence time since anything came
   * @param roundTrip of the last answer
   */
  record Udp(boolean usable, Duration unanswered, Duration silence, Duration roundTrip) {
    /**
     * Asked again and again, and silent for longer than an answer takes; or heard, but without any
     * answer: then what we send is lost.
     */
    boolean isLost() {
      return !usable || (isLate() && (isLong(unanswered, UNHEARD) || isLong(silence, LOST)));
    }

    /** Asked again and again for longer than an answer takes. */
    boolean isLate() {
      return isLong(unanswered, ANSWER)
          && isLong(unanswered, roundTrip.multipliedBy(2).plus(UNCERTAIN));
    }
  }

  /** Time since the last answer after which UDP is asked whether it still gets through. */
  static final Duration UNCERTAIN = Duration.ofMillis(400);

  // An inner TCP sends again 0.2, 0.6, 1.4 and 3 s after a loss (RFC 6298, Linux): before the
  // third.
  private static final Duration LOST = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofMillis(600);
  private static final Duration UNHEARD = Duration.ofMillis(1_500);
  private static final Duration PROVEN = Duration.ofSeconds(2);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
  private static final Duration STREAM_IN_USE_QUIET = Duration.ofSeconds(3);
  private static final Duration STREAM_QUIET = Duration.ofSeconds(15);
  private static final Duration STREAM_LATE = Duration.ofSeconds(1);
  private static final Duration STREAM_LOST = Duration.ofSeconds(4);

  private final LongSupplier nanoClock;
  private boolean graceOver;
  private long silentNanos; // when UDP was last found to be silent

  WayRule(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.silentNanos = nanoClock.getAsLong();
  }

  /** UDP, which there was none of so far, is waited for no longer. */
  void endGrace() {
    graceOver = true;
  }

  /** To be asked a few times a second, and when something has changed; null for no UDP. */
  Choice choose(@Nullable Udp udp, Tcp tcp) {
    boolean gone = udp == null || udp.isLost();
    if (gone) {
      silentNanos = nanoClock.getAsLong();
    }
    return switch (tcp) {
      case NONE -> Choice.UDP;
      case READY -> gone && (udp != null || graceOver) ? Choice.TCP : Choice.UDP;
      case IN_USE -> udp != null && isProven() ? Choice.BACK_TO_UDP : Choice.STAY;
    };
  }

  private boolean isProven() {
    return nanoClock.getAsLong() - silentNanos >= PROVEN.toNanos();
  }

  /** True unless nothing gets through by either. */
  static boolean isAnyWay(@Nullable Udp udp, Tcp tcp) {
    return tcp != Tcp.NONE || (udp != null && !udp.isLost());
  }

  /** True if UDP is to be asked whether it gets through again, while packets go over TCP. */
  static boolean isUdpToBeAsked(Duration sinceAsked) {
    return isLong(sinceAsked, ASK_AGAIN);
  }

  /** True if TCP is to be asked for a sign of life. */
  static boolean isTcpToBeAsked(Duration silence, Tcp tcp) {
    return isLong(silence, tcp == Tcp.IN_USE ? STREAM_IN_USE_QUIET : STREAM_QUIET);
  }

  /** True if TCP takes longer to answer than one lost segment explains. */
  static boolean isTcpLate(Duration unanswered) {
    return isLong(unanswered, STREAM_LATE);
  }

  /** True if TCP has not answered for so long that it never will. */
  static boolean isTcpLost(Duration unanswered) {
    return isLong(unanswered, STREAM_LOST);
  }

  private static boolean isLong(Duration duration, Duration limit) {
    return duration.compareTo(limit) >= 0;
  }
}
