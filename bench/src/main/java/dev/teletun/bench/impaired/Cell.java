package dev.teletun.bench.impaired;

import dev.teletun.lab.impair.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One fault at one share: what passed through the tunnel and without it. */
final class Cell {
  private final String congestion;
  private final String fault;
  private final double percent;
  private final double[] through;
  private final double[] without;

  /** One transfer through the tunnel and one without, in Mbit/s. */
  record Round(double through, double without) {}

  Cell(String congestion, Fault fault, double percent, List<Round> rounds) {
    this.congestion = congestion;
    this.fault = fault.name().toLowerCase(Locale.ROOT);
    this.percent = percent;
    this.through = rounds.stream().mapToDouble(Round::through).toArray();
    this.without = rounds.stream().mapToDouble(Round::without).toArray();
  }

  static String head() {
    return "%-10s %-12s %6s %14s %14s %7s %7s"
        .formatted("TCP", "fault", "%", "tunnel Mbit/s", "bare Mbit/s", "ratio", "± 1 s.e.");
  }

  /** What passed through the tunnel, of what passes without. */
  double ratio() {
    return mean(through) / mean(without);
  }

  /** Standard error of {@link #ratio}: two measurements in three lie within it. */
  double error() {
    return ratio() * Math.hypot(relativeError(through), relativeError(without));
  }

  private static double relativeError(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length) / mean;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  String line() {
    return String.format(Locale.ROOT, "%-10s %-12s %6.1f %14.3f %14.3f %7.2f %7.2f", figures());
  }

  String json() {
    return String.format(
            Locale.ROOT,
            "{\"congestion\": \"%s\", \"fault\": \"%s\", \"percent\": %.1f, \"tunnelMbit\": %.4f,"
                + " \"bareMbit\": %.4f, \"ratio\": %.4f, \"error\": %.4f}",
            figures())
        .replaceAll("NaN|Infinity", "null");
  }

  private Object[] figures() {
    return new Object[] {
      congestion, fault, percent, mean(through), mean(without), ratio(), error()
    };
  }
}
