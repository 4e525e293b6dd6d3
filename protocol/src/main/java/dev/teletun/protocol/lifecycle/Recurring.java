package dev.teletun.protocol.lifecycle;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a task again and again on a thread of its own, each time after a pause, until it is closed.
 * What the task throws ends the thread uncaught: nothing that is to be looked after goes unwatched
 * in silence.
 */
public final class Recurring implements Closeable {
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private Recurring(String threadName, Duration pause, Runnable task) {
    thread = Thread.ofPlatform().name(threadName).daemon().unstarted(() -> run(pause, task));
  }

  /** Starts the thread; the first run is one pause away. */
  public static Recurring start(String threadName, Duration pause, Runnable task) {
    Recurring recurring = new Recurring(threadName, pause, task);
    recurring.thread.start();
    return recurring;
  }

  private void run(Duration pause, Runnable task) {
    try {
      while (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        task.run();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the task no more, and waits until it does not run, unless called by itself. */
  @Override
  public void close() {
    closing.countDown();
    if (thread.equals(Thread.currentThread())) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
