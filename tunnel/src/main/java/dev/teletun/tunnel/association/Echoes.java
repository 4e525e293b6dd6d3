package dev.teletun.tunnel.association;

import java.util.function.LongSupplier;

/** Echoes under way, several of them where the round trip is long. Loop thread only. */
final class Echoes {
  private static final int REMEMBERED = 32;

  private final LongSupplier nanoClock;
  private final long[] sentNanos = new long[REMEMBERED];
  private int last;
  private int answered;
  private long unansweredSinceNanos;
  private long roundTripNanos;
  private long answeredNanos;

  Echoes(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.answeredNanos = nanoClock.getAsLong();
  }

  /** The number of an echo that leaves now. */
  int next() {
    long now = nanoClock.getAsLong();
    if (isAnswered()) {
      unansweredSinceNanos = now;
    }
    last++;
    sentNanos[Math.floorMod(last, REMEMBERED)] = now;
    return last;
  }

  /** The peer has answered; what was never asked is passed over. */
  void answered(int id) {
    if (id - answered > 0 && last - id >= 0 && last - id < REMEMBERED) {
      answered = id;
      unansweredSinceNanos = sentNanos[Math.floorMod(id + 1, REMEMBERED)];
      answeredNanos = nanoClock.getAsLong();
      roundTripNanos = answeredNanos - sentNanos[Math.floorMod(id, REMEMBERED)];
    }
  }

  boolean isAnswered() {
    return answered == last;
  }

  /** Time since the oldest echo left that is newer than any that was answered; 0 if none is. */
  long unansweredNanos() {
    return isAnswered() ? 0 : nanoClock.getAsLong() - unansweredSinceNanos;
  }

  /** Time since the last answer came; before the first, since the beginning. */
  long sinceAnswerNanos() {
    return nanoClock.getAsLong() - answeredNanos;
  }

  /** Time that the last answer took; 0 before the first. */
  long roundTripNanos() {
    return roundTripNanos;
  }
}
