package dev.teletun.dtls.record;

import java.util.Arrays;

/**
 * Which sequence numbers were seen (RFC 6347 §4.1.2.6, algorithm of RFC 6479: a ring of bitmaps).
 *
 * <p>Far wider than the 64 of the RFC, because trains of 64 records reorder as a whole.
 */
final class ReplayWindow {
  private static final int WORDS = 64; // a power of two

  /** Numbers this far behind the newest count as seen; one word is always being filled. */
  static final int WIDTH = (WORDS - 1) * Long.SIZE;

  private final long[] seen = new long[WORDS];
  private long newest = -1;

  /** False if the number was seen or is too old to know. */
  boolean isFresh(long number) {
    return number > newest || (newest - number < WIDTH && (seen[word(number)] & bit(number)) == 0);
  }

  /**
   * Remembers the number of an authenticated, fresh record.
   *
   * @return true if it is the newest so far
   */
  boolean remember(long number) {
    boolean isNewest = number > newest;
    if (isNewest) {
      forgetBetween(newest, number);
      newest = number;
    }
    seen[word(number)] |= bit(number);
    return isNewest;
  }

  private void forgetBetween(long oldNewest, long newNewest) {
    long words = (newNewest >> 6) - (oldNewest >> 6);
    if (words >= WORDS) {
      Arrays.fill(seen, 0);
      return;
    }
    for (long i = 1; i <= words; i++) {
      seen[(int) ((oldNewest >> 6) + i) & (WORDS - 1)] = 0;
    }
  }

  private static int word(long number) {
    return (int) (number >> 6) & (WORDS - 1);
  }

  private static long bit(long number) {
    return 1L << (number & 63);
  }
}
