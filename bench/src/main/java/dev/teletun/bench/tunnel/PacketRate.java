package dev.teletun.bench.tunnel;

import java.io.IOException;

/**
 * Searches the highest rate of packets that a tunnel carries without loss, as RFC 2544 §26.1 does:
 * trials at growing rates, twice the last one until some are lost, then halfway between the last
 * that passed and the last that did not.
 */
public final class PacketRate {
  /** Lost in a trial that counts as passed: one hiccup of a machine that does other things, too. */
  static final double LOST = 0.001;

  private static final double MOST = 2_000_000;
  private static final double EXACT = 1.06;
  private static final int TRIES = 2;

  /** One trial. */
  interface Trial {
    /** Which share of the packets was lost at so many a second. */
    double lost(double perSecond) throws IOException;
  }

  private PacketRate() {}

  /** Packets a second, of {@code first} or more; 0 if none of the rates passed. */
  static double search(double first, Trial trial) throws IOException {
    double passed = 0;
    double rate = first;
    while (rate <= MOST && passes(trial, rate)) {
      passed = rate;
      rate *= 2;
    }
    double failed = rate;
    while (passed > 0 && failed / passed > EXACT) {
      double between = Math.sqrt(passed * failed);
      if (passes(trial, between)) {
        passed = between;
      } else {
        failed = between;
      }
    }
    return passed;
  }

  private static boolean passes(Trial trial, double rate) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      if (trial.lost(rate) <= LOST) {
        return true;
      }
    }
    return false;
  }
}
