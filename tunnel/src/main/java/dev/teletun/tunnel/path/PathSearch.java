package dev.teletun.tunnel.path;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Finds the largest packet that a path carries, by probes that the peer acknowledges (RFC 8899),
 * and notices when it carries less. ICMP is not asked: anybody can forge it, and many drop it.
 *
 * <pre>
 *   hoped for ──acknowledged──► confirmed ◄──────────┐
 *       └──nine probes lost──► base ──► search ──────┤
 *                                ▲                   │
 *                                └──nine confirming probes lost
 * </pre>
 *
 * Sizes are bytes of inner packets. One thread.
 */
public final class PathSearch {
  /** Waits for an answer before a size is taken for too large (RFC 8899 §5.1.2, MAX_PROBES). */
  static final int TRIES = 3;

  /**
   * Probes of each try but the first. At 20 % loss each way three single ones go unanswered every
   * 20 s, and hosts remember for ten minutes what they are told of it.
   */
  static final int AGAIN = 4;

  /** Closer than this is good enough. */
  static final int STEP = 8;

  /** While large packets are sent, one of them is confirmed this often. */
  static final Duration CONFIRM = Duration.ofSeconds(1);

  /** After this a larger size is tried again (RFC 8899 §5.1.1, PMTU_RAISE_TIMER). */
  static final Duration RAISE = Duration.ofMinutes(10);

  private static final long SHORTEST_WAIT = Duration.ofMillis(200).toNanos();
  private static final long FIRST_WAIT = Duration.ofMillis(500).toNanos();
  private static final long LONGEST_WAIT = Duration.ofSeconds(3).toNanos();

  private final LongSupplier nanoClock;
  private final int base;
  private int ceiling;
  private int size;
  private int tooLarge; // the smallest size known to be lost
  private int candidate; // 0 while nothing is probed
  private int tries;
  private long firstProbedNanos;
  private long probedNanos;
  private long waitNanos = FIRST_WAIT;
  private long confirmedNanos;
  private long searchedNanos;
  private boolean confirmed;

  /**
   * Hopes for the best.
   *
   * @param base what every path carries
   * @param ceiling what the first link carries
   */
  public PathSearch(int base, int ceiling, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.base = Math.min(base, ceiling);
    restart(ceiling);
  }

  /**
   * Somebody says, by ICMP, that the path carries no more than {@code bytes}. Not below the base,
   * which would do harm, and above it only until larger probes arrive (RFC 8899 §4.6.2).
   */
  public void hear(int bytes) {
    if (bytes >= size) {
      return;
    }
    confirmed = false;
    if (bytes >= base) {
      tooLarge = size;
      size = bytes;
      candidate = 0;
    }
  }

  /** What the first link carries. */
  public int ceiling() {
    return ceiling;
  }

  /** Another path: begins anew. */
  public void restart(int newCeiling) {
    ceiling = newCeiling;
    size = newCeiling;
    tooLarge = newCeiling + 1;
    candidate = 0;
    confirmed = false;
    searchedNanos = nanoClock.getAsLong();
  }

  /** The largest packet to be sent. */
  public int size() {
    return size;
  }

  /** True while a probe has not been answered at once: it helps to ask for any sign of life. */
  public boolean isUnanswered() {
    return candidate != 0 && tries > 1;
  }

  /** True if the peer has acknowledged a packet of {@link #size}. */
  public boolean isConfirmed() {
    return confirmed;
  }

  /** Time since {@link #size} was last acknowledged; meaningless before that. */
  public Duration age() {
    return Duration.ofNanos(nanoClock.getAsLong() - confirmedNanos);
  }

  /**
   * What to probe now. Call it often: it notices by this that a probe was lost. While nothing at
   * all comes from the peer, that says nothing of sizes.
   *
   * @param busy large packets were sent lately
   * @param heardNanos when anything last came from the peer
   * @return bytes of a probe to be sent now; 0 for none
   */
  public int due(boolean busy, long heardNanos) {
    long now = nanoClock.getAsLong();
    if (candidate != 0) {
      if (now - probedNanos < waitNanos) {
        return 0;
      }
      if (tries >= TRIES && heardNanos - firstProbedNanos > 0) {
        lost();
      }
    }
    if (candidate == 0) {
      candidate = next(now, busy);
      tries = 0;
      firstProbedNanos = now;
    }
    if (candidate != 0) {
      tries++;
      probedNanos = now;
    }
    return candidate;
  }

  /** How many probes of that size: several once the first has gone unanswered. */
  public int copies() {
    return tries > 1 ? AGAIN : 1;
  }

  private int next(long now, boolean busy) {
    if (!confirmed) {
      return size;
    }
    if (tooLarge - size > STEP) {
      // A path that shrank is often a tunnel or a mobile network's: halving finds it soon enough.
      return size + (tooLarge - size) / 2;
    }
    if (busy && now - confirmedNanos >= CONFIRM.toNanos()) {
      return size;
    }
    if (tooLarge <= ceiling && now - searchedNanos >= RAISE.toNanos()) {
      searchedNanos = now;
      tooLarge = ceiling + 1;
      return ceiling;
    }
    return 0;
  }

  private void lost() {
    if (candidate > size) {
      tooLarge = candidate;
    } else if (size > base) {
      tooLarge = size;
      size = base;
      confirmed = false;
    }
    candidate = 0;
    searchedNanos = nanoClock.getAsLong();
  }

  /** The peer has received a probe of {@code bytes}. */
  public void acknowledged(int bytes) {
    if (bytes == candidate) {
      candidate = 0;
      // Three round trips; longer than that if the answer is to a probe before this one.
      waitNanos =
          Math.clamp(3 * (nanoClock.getAsLong() - firstProbedNanos), SHORTEST_WAIT, LONGEST_WAIT);
    }
    if (bytes >= size && bytes <= ceiling) {
      size = bytes;
      confirmed = true;
      confirmedNanos = nanoClock.getAsLong();
      tooLarge = Math.max(tooLarge, bytes + 1);
    }
  }
}
