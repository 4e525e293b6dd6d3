package dev.teletun.cli.running;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Turns an error that a thread does not catch into the end of the program: one of which a thread is
 * missing only looks alive.
 *
 * <p>For programs that nobody else feeds with connections, each in a thread of its own: there a
 * stranger could end all by ending his.
 */
public final class Uncaught {
  private static final int FAILED = 1;

  private final CompletableFuture<Void> first = new CompletableFuture<>();

  private final IntConsumer halt;

  private Uncaught(IntConsumer halt) {
    this.halt = halt;
  }

  /** From now on no error in any thread goes unheard; an end that then hangs is forced. */
  public static Uncaught install() {
    Uncaught uncaught = new Uncaught(Runtime.getRuntime()::halt);
    Thread.setDefaultUncaughtExceptionHandler(uncaught::thrown);
    return uncaught;
  }

  /** Hears nothing by itself. */
  public static Uncaught ignored() {
    return new Uncaught(_ -> {});
  }

  /** Fails with the first error, which names the thread. */
  CompletableFuture<Void> first() {
    return first;
  }

  void thrown(Thread thread, Throwable error) {
    String name = thread.getName().isEmpty() ? "without a name" : thread.getName();
    if (first.completeExceptionally(
        new IllegalStateException("thread %s ended: %s".formatted(name, error), error))) {
      CompletableFuture.delayedExecutor(Signals.PATIENCE.toNanos(), TimeUnit.NANOSECONDS)
          .execute(() -> halt.accept(FAILED));
    }
  }
}
