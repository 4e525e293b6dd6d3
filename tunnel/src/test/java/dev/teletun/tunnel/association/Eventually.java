package dev.teletun.tunnel.association;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread does. */
public final class Eventually {
  private static final long PATIENCE_NANOS = 15_000_000_000L;
  private static final long PAUSE_NANOS = 5_000_000;

  private Eventually() {}

  /** Asks until the answer is yes. */
  public static void holds(String what, Callable<Boolean> question) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!question.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("never came true: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
