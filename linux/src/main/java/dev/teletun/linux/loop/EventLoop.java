package dev.teletun.linux.loop;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.SyscallException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One named thread that runs handlers of descriptors, timers and tasks, one after the other.
 *
 * <p>Whatever one of them throws ends the loop: a tunnel of which one part died must not look
 * alive. What is watched is state of that thread alone, without locks.
 *
 * <pre>
 *   running ──close()──────▶ ended, normally
 *      └──a handler throws──▶ ended, with what it threw
 * </pre>
 */
public final class EventLoop implements Closeable {
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final IoEventLoop loop;
  private volatile boolean closing;

  private EventLoop(String threadName) {
    loop =
        new SingleThreadIoEventLoop(
            null, (ThreadFactory) body -> thread(body, threadName), EpollIoHandler.newFactory());
  }

  /** Starts the thread. */
  public static EventLoop start(String threadName) throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException(
          "loading the native part of netty-transport-native-epoll failed. The class path needs"
              + " its jar for this machine, and the directory java.io.tmpdir must allow execution",
          Epoll.unavailabilityCause());
    }
    EventLoop started = new EventLoop(threadName);
    started.execute(() -> {}); // Netty starts its thread with the first task
    return started;
  }

  private Thread thread(Runnable body, String name) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } finally { // an Error too
                complete();
              }
            },
            name);
    thread.setDaemon(true);
    return thread;
  }

  /** Runs {@code task} on the loop's thread, in the order of the calls; forgotten once it ended. */
  public void execute(Runnable task) {
    try {
      loop.execute(guarded(task));
    } catch (RejectedExecutionException _) {
      // The loop has ended, and with it everything that tasks could work on.
    }
  }

  /** Runs {@code task} once, after {@code delay}; closing the answer cancels it. Any thread. */
  public Closeable schedule(Duration delay, Runnable task) {
    return timer(() -> loop.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** Runs {@code task} every {@code period}, first after one; late runs are not made up for. */
  public Closeable every(Duration period, Runnable task) {
    long nanos = period.toNanos();
    return timer(
        () -> loop.scheduleWithFixedDelay(guarded(task), nanos, nanos, TimeUnit.NANOSECONDS));
  }

  private static Closeable timer(Supplier<Future<?>> start) {
    try {
      Future<?> scheduled = start.get();
      return () -> scheduled.cancel(false);
    } catch (RejectedExecutionException _) {
      return () -> {}; // ended: like a task
    }
  }

  /** True on the loop's thread. */
  public boolean inLoop() {
    return loop.inEventLoop();
  }

  /**
   * Begins to watch a descriptor, with interest in nothing. The loop never closes it. Any thread.
   *
   * @param fd anything that epoll(7) takes, watched only once per loop
   */
  public Watch watch(Fd fd, Ready ready) throws IOException {
    if (fd.number() < 0) {
      throw new SyscallException("epoll_ctl(closed descriptor)", Errno.EBADF);
    }
    FdWatch watch = new FdWatch(this, fd, ready);
    executeAndWait(() -> watch.registered(loop.register(watch).getNow()));
    if (!watch.isRegistered()) {
      throw new IOException("watching %s failed: the event loop has ended".formatted(fd));
    }
    return watch;
  }

  /** Completes when the thread is about to end: with what was thrown first, or normally. */
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /**
   * Ends the loop and waits until its thread has. On that thread itself it cannot wait, and returns
   * at once.
   *
   * @throws IOException if a handler does not return within 10 s; then nothing that it uses may be
   *     closed
   */
  @Override
  public void close() throws IOException {
    closing = true;
    shutDown();
    if (!inLoop()) {
      awaitEnd();
    }
  }

  /**
   * Runs {@code task} on the loop's thread and waits for it. What it throws is the caller's and
   * does not end the loop. Once the loop has ended it runs on the calling thread: nobody else uses
   * the loop's things any more.
   */
  public void call(LoopTask task) throws IOException {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    CompletableFuture<Void> ran = new CompletableFuture<>();
    executeAndWait(() -> {
      try {
        task.run();
      } catch (Throwable t) { // an Error too: the caller waits for it
        thrown.set(t);
      }
      ran.complete(null);
    });
    if (!ran.isDone()) {
      task.run();
    }
    switch (thrown.get()) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
  }

  /** Runs {@code task} on the loop's thread, and returns when it has run or never will. */
  void executeAndWait(Runnable task) {
    if (inLoop()) {
      task.run();
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      loop.execute(() -> {
        task.run();
        done.complete(null);
      });
      CompletableFuture.anyOf(done, ended.exceptionally(_ -> null)).join();
    } catch (RejectedExecutionException _) {
      // Ended already.
    }
  }

  /** Ends the loop because of {@code thrown}; the first one counts. */
  void fail(Throwable thrown) {
    if (failure.compareAndSet(null, thrown)) {
      shutDown();
    }
  }

  /** False once something was thrown: then no handler runs any more. */
  boolean running() {
    return failure.get() == null;
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      if (running()) {
        try {
          task.run();
        } catch (Throwable t) { // an Error too
          fail(t);
        }
      }
    };
  }

  private void shutDown() {
    // Netty's own futures would start a thread to be told; ended() says the same.
    Future<?> _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  private void complete() {
    Throwable first = failure.get();
    if (first == null && !closing) {
      first = new IllegalStateException("epoll failed", loop.terminationFuture().cause());
    }
    if (first == null) {
      ended.complete(null);
    } else {
      ended.completeExceptionally(first);
    }
  }

  private void awaitEnd() throws IOException {
    try {
      ended.copy().orTimeout(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw new IOException(
            "ending the event loop failed: a handler still runs after %s".formatted(LONGEST_CLOSE),
            e);
      }
      // What ended the loop is reported by ended(), not by whoever closes it.
    }
  }
}
