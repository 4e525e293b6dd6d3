package dev.teletun.bench.impaired;

import dev.teletun.lab.impair.Fault;
import java.util.Arrays;
import java.util.Locale;

/** One fault at one share: what passed through the tunnel and without it. */
final class Cell {
  private final String fault;
  private final double percent;
  private final double through;
  private final double without;

  /** Mbit/s of each round. */
  Cell(Fault fault, double percent, double[] through, double[] without) {
    this.fault = fault.name().toLowerCase(Locale.ROOT);
    this.percent = percent;
    this.through = Arrays.stream(through).average().orElse(Double.NaN);
    this.without = Arrays.stream(without).average().orElse(Double.NaN);
  }

  static String head() {
    return "%-12s %6s %14s %14s %7s"
        .formatted("fault", "%", "tunnel Mbit/s", "bare Mbit/s", "ratio");
  }

  /** What passed through the tunnel, of what passes without. */
  double ratio() {
    return through / without;
  }

  String line() {
    return String.format(
        Locale.ROOT, "%-12s %6.1f %14.3f %14.3f %7.2f", fault, percent, through, without, ratio());
  }

  String json() {
    return String.format(
            Locale.ROOT,
            "{\"fault\": \"%s\", \"percent\": %.1f, \"tunnelMbit\": %.4f, \"bareMbit\": %.4f,"
                + " \"ratio\": %.4f}",
            fault,
            percent,
            through,
            without,
            ratio())
        .replaceAll("NaN|Infinity", "null");
  }
}
