package dev.teletun.protocol.icmp;

import java.util.function.LongSupplier;

/**
 * How many ICMP errors may be sent: a token bucket (RFC 4443 §2.4 (f), RFC 1812 §4.3.2.8), with the
 * rate and burst of Linux ({@code icmp_msgs_per_sec}, {@code icmp_msgs_burst}). One thread uses it.
 */
public final class AnswerLimit {
  static final int BURST = 50;
  static final int PER_SECOND = 1_000;
  private static final long NANOS_EACH = 1_000_000_000L / PER_SECOND;

  private final LongSupplier nanoClock;
  private long spentUntilNanos;

  /** A full bucket. */
  public AnswerLimit(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    spentUntilNanos = nanoClock.getAsLong() - BURST * NANOS_EACH;
  }

  /** Takes one if there is one. */
  public boolean take() {
    long now = nanoClock.getAsLong();
    if (now - spentUntilNanos > BURST * NANOS_EACH) {
      spentUntilNanos = now - BURST * NANOS_EACH;
    }
    if (now - spentUntilNanos < NANOS_EACH) {
      return false;
    }
    spentUntilNanos += NANOS_EACH;
    return true;
  }
}
