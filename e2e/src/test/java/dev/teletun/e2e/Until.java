package dev.teletun.e2e;

import java.io.IOException;
import java.time.Duration;

/** Waits until something is so, and says what is not when it takes too long. */
public final class Until {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final long PAUSE_MILLIS = 20;

  private Until() {}

  /** An assertion, which throws while it does not hold. */
  public interface Assertion {
    void check() throws IOException;
  }

  /** Repeats {@code assertion} until it holds; throws its last failure after 15 s. */
  public static void holds(Assertion assertion) throws IOException {
    holds(PATIENCE, assertion);
  }

  /** The same with another patience. */
  public static void holds(Duration patience, Assertion assertion) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        assertion.check();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting", e);
    }
  }
}
