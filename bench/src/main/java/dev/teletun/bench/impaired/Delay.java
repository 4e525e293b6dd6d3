package dev.teletun.bench.impaired;

import dev.teletun.bench.tunnel.Spread;
import java.util.Locale;

/** Round trips over a narrow link, without load and under one, in milliseconds. */
final class Delay {
  private final String way;
  private final String congestion;
  private final String direction;
  private final double idle;
  private final double median;
  private final double tail;

  /** From samples in microseconds. */
  Delay(String way, String congestion, boolean up, double[] idle, double[] loaded) {
    this.way = way;
    this.congestion = congestion;
    this.direction = up ? "up" : "down";
    this.idle = Spread.quantile(idle, 0.5) / 1000;
    this.median = Spread.quantile(loaded, 0.5) / 1000;
    this.tail = Spread.quantile(loaded, 0.99) / 1000;
  }

  static String head() {
    return "%-16s %-10s %-6s %12s %14s %14s"
        .formatted("way", "congestion", "load", "idle p50 ms", "loaded p50 ms", "loaded p99 ms");
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-16s %-10s %-6s %12.1f %14.1f %14.1f",
        way,
        congestion,
        direction,
        idle,
        median,
        tail);
  }

  String json() {
    return String.format(
            Locale.ROOT,
            "{\"way\": \"%s\", \"congestion\": \"%s\", \"load\": \"%s\", \"idleMillis\": %.3f, \"loadedMillis\": %.3f,"
                + " \"loadedTailMillis\": %.3f}",
            way,
            congestion,
            direction,
            idle,
            median,
            tail)
        .replace("NaN", "null");
  }
}
