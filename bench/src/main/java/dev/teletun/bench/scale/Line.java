package dev.teletun.bench.scale;

import dev.teletun.bench.tunnel.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was measured of one tunnel along one curve. */
final class Line {
  private final Curve curve;
  private final String tunnel;
  private final Map<Integer, List<Double>> values = new TreeMap<>();

  Line(Curve curve, String tunnel) {
    this.curve = curve;
    this.tunnel = tunnel;
  }

  Curve curve() {
    return curve;
  }

  String tunnel() {
    return tunnel;
  }

  void add(int point, double value) {
    values.computeIfAbsent(point, _ -> new ArrayList<>()).add(value);
  }

  /** Least, median and greatest there; NaN where nothing was measured. */
  Spread at(int point) {
    double[] all =
        values.getOrDefault(point, List.of()).stream().mapToDouble(Double::doubleValue).toArray();
    return new Spread(Spread.quantile(all, 0), Spread.quantile(all, 0.5), Spread.quantile(all, 1));
  }

  /** Each measurement, by point. */
  Map<Integer, List<Double>> values() {
    return values;
  }
}
