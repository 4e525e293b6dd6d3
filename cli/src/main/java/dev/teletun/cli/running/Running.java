package dev.teletun.cli.running;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Opens a program, waits for its end, a signal or an error, and closes it. One use. */
public final class Running {
  private final Signals signals;
  private final Uncaught uncaught;
  private final Thread owner = Thread.currentThread();
  private boolean opening = true; // guarded by this

  private Running(Signals signals, Uncaught uncaught) {
    this.signals = signals;
    this.uncaught = uncaught;
  }

  /**
   * Keeps the program on the calling thread. A signal, or an error that another thread did not
   * catch, interrupts the thread during {@code open}.
   *
   * @return 0 after an end of its own, 128 plus the number of the signal that asked for the end
   * @throws Exception what opening, running or closing failed with
   */
  public static int untilEnded(Signals signals, Uncaught uncaught, Callable<Program> open)
      throws Exception {
    return new Running(signals, uncaught).run(open);
  }

  private int run(Callable<Program> open) throws Exception {
    CompletableFuture<Object> end = CompletableFuture.anyOf(signals.first(), uncaught.first());
    CompletableFuture<Object> _ = end.whenComplete((_, _) -> interruptOpening());
    Program program;
    try {
      program = open(open);
    } catch (Exception e) {
      if (uncaught.first().isCompletedExceptionally()) {
        uncaught.first().get();
      }
      if (signals.first().isDone()) {
        return Signals.exitCode(signals.first().join()); // asked to end: how it stopped is no news
      }
      throw e;
    }
    System.gc(); // what opening needed is a third of the heap, and would stay there for hours
    try (program) {
      FilePages.releaseUntil(CompletableFuture.anyOf(program.ended(), end));
    }
    return signals.first().isDone() ? Signals.exitCode(signals.first().join()) : 0;
  }

  @SuppressWarnings("ThreadInterruptedCleared") // the signal that interrupted us is in signals
  private Program open(Callable<Program> open) throws Exception {
    try {
      return open.call();
    } finally {
      synchronized (this) {
        opening = false;
      }
      boolean _ = Thread.interrupted(); // closing must not be disturbed by it
    }
  }

  private synchronized void interruptOpening() {
    if (opening) {
      owner.interrupt();
    }
  }
}
