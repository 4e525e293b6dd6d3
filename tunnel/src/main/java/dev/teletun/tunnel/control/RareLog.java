package dev.teletun.tunnel.control;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Passes on one line a second and counts the others, which anybody can cause. Any thread. */
final class RareLog {
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Consumer<String> log;
  private final LongSupplier nanoClock;
  private long lastNanos;
  private long untold;

  RareLog(Consumer<String> log, LongSupplier nanoClock) {
    this.log = log;
    this.nanoClock = nanoClock;
    this.lastNanos = nanoClock.getAsLong() - PAUSE_NANOS;
  }

  synchronized void accept(String line) {
    long now = nanoClock.getAsLong();
    if (now - lastNanos < PAUSE_NANOS) {
      untold++;
      return;
    }
    log.accept(untold == 0 ? line : "%s (and %d more like it before)".formatted(line, untold));
    lastNanos = now;
    untold = 0;
  }
}
