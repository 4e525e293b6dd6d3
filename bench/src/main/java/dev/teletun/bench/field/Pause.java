package dev.teletun.bench.field;

import java.io.IOException;
import java.time.Duration;

/** Waiting: for a time that belongs to what is measured, or until something is so. */
public final class Pause {
  private static final Duration POLL = Duration.ofMillis(20);

  private Pause() {}

  /** Something that comes true. */
  public interface Condition {
    boolean holds() throws IOException;
  }

  /** Lets {@code time} pass. */
  public static void of(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Time until {@code condition} holds; {@code limit} if it does not before. */
  public static Duration until(Duration limit, Condition condition) throws IOException {
    long begun = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - begun >= limit.toNanos()) {
        return limit;
      }
      of(POLL);
    }
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
