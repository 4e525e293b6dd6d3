package dev.teletun.bench.handshakes;

import dev.teletun.bench.tunnel.Spread;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What many handshakes took, in milliseconds.
 *
 * @param what which moment was measured
 * @param failed how many never got there
 */
record Figures(String what, int lossPercent, int count, long failed, List<Double> quantiles) {
  private static final double[] SHARES = {0.5, 0.9, 0.99, 1};

  static Figures of(String what, int lossPercent, List<Took> all, ToLongFunction<Took> moment) {
    double[] millis =
        all.stream()
            .mapToLong(moment)
            .filter(nanos -> nanos != Took.FAILED)
            .mapToDouble(nanos -> nanos / 1e6)
            .toArray();
    List<Double> quantiles =
        Arrays.stream(SHARES).mapToObj(share -> Spread.quantile(millis, share)).toList();
    return new Figures(what, lossPercent, all.size(), all.size() - millis.length, quantiles);
  }

  static String head() {
    return "%-6s %-12s %6s %6s %8s %8s %8s %8s"
        .formatted("loss", "until", "count", "failed", "p50 ms", "p90 ms", "p99 ms", "max ms");
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-6s %-12s %6d %6d %8.1f %8.1f %8.1f %8.1f",
        lossPercent + " %",
        what,
        count,
        failed,
        quantiles.get(0),
        quantiles.get(1),
        quantiles.get(2),
        quantiles.get(3));
  }

  String json() {
    return String.format(
            Locale.ROOT,
            "{\"lossPercent\": %d, \"until\": \"%s\", \"count\": %d, \"failed\": %d,"
                + " \"p50\": %.2f, \"p90\": %.2f, \"p99\": %.2f, \"max\": %.2f}",
            lossPercent,
            what,
            count,
            failed,
            quantiles.get(0),
            quantiles.get(1),
            quantiles.get(2),
            quantiles.get(3))
        .replace("NaN", "null");
  }
}
