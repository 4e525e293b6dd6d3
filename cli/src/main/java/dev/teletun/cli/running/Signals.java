package dev.teletun.cli.running;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Turns the signals that ask for an end into one orderly end. A second one, or an end that takes
 * longer than {@link #PATIENCE}, forces it: nothing that we change outlives a kill for long.
 */
public final class Signals {
  /** How long closing may take after the first signal. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private final CompletableFuture<Integer> first = new CompletableFuture<>();
  private final IntConsumer halt;

  /**
   * Waits for signals that the caller tells.
   *
   * @param halt ends the process at once with the given exit code
   */
  Signals(IntConsumer halt) {
    this.halt = halt;
  }

  /** Takes SIGINT, SIGTERM and SIGHUP over from the JVM. */
  public static Signals install() {
    Signals signals = new Signals(Runtime.getRuntime()::halt);
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        take(name, signals);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("module jdk.unsupported is missing from this JDK", e);
      }
    }
    return signals;
  }

  /**
   * The same as {@code sun.misc.Signal.handle(new Signal(name), s -> …)}, the JDK's only way to see
   * a second Ctrl-C. By reflection, because javac has no way to accept the class without a warning.
   */
  private static void take(String name, Signals signals) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = type.getConstructor(String.class).newInstance(name);
    int number = (int) type.getMethod("getNumber").invoke(signal);
    Object handler =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handlerType},
            (_, _, _) -> {
              signals.arrived(number);
              return null; // handle(Signal) returns void
            });
    Object _ = type.getMethod("handle", type, handlerType).invoke(null, signal, handler);
  }

  /** Completes with the number of the first signal. */
  public CompletableFuture<Integer> first() {
    return first;
  }

  /** What a shell reports for a process that ended by this signal. */
  public static int exitCode(int signal) {
    return 128 + signal;
  }

  void arrived(int signal) {
    CompletableFuture.delayedExecutor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)
        .execute(() -> halt.accept(exitCode(signal)));
    if (!first.complete(signal)) {
      halt.accept(exitCode(signal));
    }
  }
}
