package dev.teletun.tunnel.association;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Which datagrams from an unknown address may be tried against the client's associations: it may
 * have moved, and without a connection ID only its key tells. Few, because a trial costs a
 * decryption and anybody can cause it. Loop thread only.
 */
final class StrayDatagrams {
  /** Trials in a second, each about a microsecond's work. */
  static final int MOST_PER_SECOND = 500;

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int APPLICATION_DATA = 23; // RFC 5246 §6.2.1
  private static final int EPOCH_LOW_BYTE = 4; // RFC 6347 §4.1
  private static final int SHORTEST = 13 + 8 + 16; // header, explicit nonce, tag

  private final LongSupplier nanoClock;
  private long secondBegan;
  private int tried;

  StrayDatagrams(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.secondBegan = nanoClock.getAsLong();
  }

  boolean mayBeTried(byte[] bytes, int at, int size) {
    if (size < SHORTEST || bytes[at] != APPLICATION_DATA || bytes[at + EPOCH_LOW_BYTE] != 1) {
      return false;
    }
    long now = nanoClock.getAsLong();
    if (now - secondBegan >= SECOND) {
      secondBegan = now;
      tried = 0;
    }
    tried++;
    return tried <= MOST_PER_SECOND;
  }
}
