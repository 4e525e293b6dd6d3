package dev.teletun.tunnel.transport;

import java.time.Duration;

/**
 * Decides which packets of a queue to drop so that it stays short: CoDel (RFC 8289). A queue that
 * has not been short for a while is one that senders fill; one loss tells them so, and if that does
 * not help the next comes sooner. One that a burst fills and that empties again loses nothing.
 */
final class Codel {
  /** A wait that is short. */
  static final Duration TARGET = Duration.ofMillis(5);

  /** A while: about the longest usual round trip, in which a sender can answer a loss. */
  static final Duration INTERVAL = Duration.ofMillis(100);

  // Less than this behind a packet is no queue, whatever it has waited (RFC 8289 §4.2).
  private static final int ONE_PACKET = 1500;

  private static final long TARGET_NANOS = TARGET.toNanos();
  private static final long INTERVAL_NANOS = INTERVAL.toNanos();
  private static final int RECENTLY = 16;

  private boolean above;
  private long aboveSince;
  private boolean dropping;
  private long nextDrop;
  private int drops;
  private int dropsBefore;

  /**
   * Whether the packet at the head is to be dropped; to be asked of each.
   *
   * @param waited nanoseconds that it was in the queue
   * @param behind bytes that wait behind it
   * @param now on the clock of System.nanoTime
   */
  boolean drops(long waited, int behind, long now) {
    boolean tooLong = isLong(waited, behind, now);
    if (!dropping) {
      return tooLong && begin(now);
    }
    dropping = tooLong;
    if (!dropping || now - nextDrop < 0) {
      return false;
    }
    drops++;
    nextDrop = after(nextDrop);
    return true;
  }

  /** True if the wait has not been short for a while. */
  private boolean isLong(long waited, int behind, long now) {
    if (waited < TARGET_NANOS || behind < ONE_PACKET) {
      above = false;
      return false;
    }
    if (!above) {
      above = true;
      aboveSince = now;
    }
    return now - aboveSince >= INTERVAL_NANOS;
  }

  /** The rate that helped the last time is about right, if that was not long ago. */
  private boolean begin(long now) {
    int helped = drops - dropsBefore;
    boolean recent = now - nextDrop < RECENTLY * INTERVAL_NANOS;
    dropping = true;
    drops = recent && helped > 1 ? helped : 1;
    dropsBefore = drops;
    nextDrop = after(now);
    return true;
  }

  private long after(long drop) {
    return drop + (long) (INTERVAL_NANOS / Math.sqrt(drops));
  }
}
