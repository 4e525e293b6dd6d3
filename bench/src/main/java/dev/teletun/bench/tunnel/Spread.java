package dev.teletun.bench.tunnel;

import java.util.Arrays;
import java.util.List;

/** Least, middle and greatest of some values. */
public record Spread(double least, double median, double greatest) {

  /** Of one figure of some samples; NaN where none of them has it. */
  public static Spread of(List<Sample> samples, Figure figure) {
    double[] values =
        samples.stream()
            .mapToDouble(sample -> sample.value(figure))
            .filter(value -> !Double.isNaN(value))
            .toArray();
    return new Spread(quantile(values, 0), quantile(values, 0.5), quantile(values, 1));
  }

  /** The value at or below which the {@code share} of all values lies, by nearest rank. */
  public static double quantile(double[] values, double share) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
