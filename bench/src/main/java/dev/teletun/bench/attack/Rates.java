package dev.teletun.bench.attack;

import dev.teletun.bench.tunnel.Spread;
import java.util.ArrayList;
import java.util.List;

/** What was transferred round by round, in Gbit/s. */
final class Rates {
  private final List<Double> up = new ArrayList<>();
  private final List<Double> down = new ArrayList<>();

  void add(double upGigabits, double downGigabits) {
    up.add(upGigabits);
    down.add(downGigabits);
  }

  int rounds() {
    return up.size();
  }

  double lastUp() {
    return up.getLast();
  }

  double lastDown() {
    return down.getLast();
  }

  List<Double> up() {
    return List.copyOf(up);
  }

  List<Double> down() {
    return List.copyOf(down);
  }

  double medianUp() {
    return median(up);
  }

  double medianDown() {
    return median(down);
  }

  /** Of both directions: the median of how much of {@code without} is left, round by round. */
  double shareOf(Rates without) {
    List<Double> shares = new ArrayList<>();
    for (int round = 0; round < rounds(); round++) {
      shares.add(up.get(round) / without.up.get(round));
      shares.add(down.get(round) / without.down.get(round));
    }
    return median(shares);
  }

  private static double median(List<Double> values) {
    return Spread.quantile(values.stream().mapToDouble(Double::doubleValue).toArray(), 0.5);
  }
}
