package dev.teletun.bench.tunnel;

import java.util.EnumMap;
import java.util.Map;

/** One tunnel in one round. */
public final class Sample {
  private final Map<Figure, Double> values = new EnumMap<>(Figure.class);

  /** Adds one figure, and returns itself. */
  public Sample with(Figure figure, double value) {
    values.put(figure, value);
    return this;
  }

  /** NaN if it was not measured. */
  public double value(Figure figure) {
    return values.getOrDefault(figure, Double.NaN);
  }
}
