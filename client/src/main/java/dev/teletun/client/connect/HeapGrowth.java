package dev.teletun.client.connect;

/**
 * Collects what following a large cluster leaves behind. The collector would rather let the old
 * generation grow to its limit: each list and plan of thousands outlives a few young collections,
 * and is garbage a moment later. One thread.
 */
final class HeapGrowth {
  private static final long MOST_BYTES = 24L << 20;

  private long settled = Runtime.getRuntime().totalMemory();

  /** Collects if the heap has grown by more than 24 MiB since it was last collected here. */
  void bound() {
    if (Runtime.getRuntime().totalMemory() - settled > MOST_BYTES) {
      System.gc();
      settled = Runtime.getRuntime().totalMemory();
    }
  }
}
