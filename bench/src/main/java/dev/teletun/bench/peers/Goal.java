package dev.teletun.bench.peers;

import dev.teletun.bench.tunnel.Figure;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Sample;
import dev.teletun.bench.tunnel.Spread;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One figure of ours beside one of another tunnel, or of our own, in the same run.
 *
 * @param ours which of our tunnels has the goal
 * @param tunnel whose figure is held against
 * @param reference that figure
 * @param factor how many times the reference it should be, at least or at most
 */
record Goal(
    String ours, Figure figure, String tunnel, Figure reference, double factor, boolean atLeast) {
  private static final Set<Figure> RATES =
      EnumSet.of(Figure.UP, Figure.DOWN, Figure.UP_FOUR, Figure.DOWN_FOUR);

  /** All of them. */
  static List<Goal> all() {
    List<Goal> goals = new ArrayList<>();
    RATES.forEach(rate -> goals.add(atLeast(rate, 1.5, Peers.WIREGUARD)));
    RATES.forEach(rate -> goals.add(atLeast(rate, 5, Peers.OPENVPN)));
    goals.add(atMost(Figure.UP_COST, 0.67, Peers.WIREGUARD, Figure.UP_COST));
    goals.add(atMost(Figure.DOWN_COST, 0.67, Peers.WIREGUARD, Figure.DOWN_COST));
    goals.add(atLeast(Figure.UP_PACKETS, 1.5, Peers.WIREGUARD));
    goals.add(atLeast(Figure.DOWN_PACKETS, 1.5, Peers.WIREGUARD));
    goals.add(atMost(Figure.IDLE_MEDIAN, 1, Peers.WIREGUARD, Figure.IDLE_MEDIAN));
    goals.add(atMost(Figure.HALF_TAIL, 2, Peers.TELETUN, Figure.IDLE_TAIL));
    goals.add(atMost(Figure.FULL_TAIL, 1, Peers.WIREGUARD, Figure.FULL_TAIL));
    RATES.forEach(rate -> goals.add(asFastWithFrames(rate)));
    goals.add(asFastWithFrames(Figure.UP_PACKETS));
    goals.add(asFastWithFrames(Figure.DOWN_PACKETS));
    return goals;
  }

  private static Goal atLeast(Figure figure, double factor, String tunnel) {
    return new Goal(Peers.TELETUN, figure, tunnel, figure, factor, true);
  }

  private static Goal asFastWithFrames(Figure figure) {
    return new Goal(Peers.FRAMES, figure, Peers.WIREGUARD, figure, 1, true);
  }

  private static Goal atMost(Figure figure, double factor, String tunnel, Figure reference) {
    return new Goal(Peers.TELETUN, figure, tunnel, reference, factor, false);
  }

  /** How many times the reference it is, by medians; NaN if one of them was not measured. */
  double ratio(Map<String, List<Sample>> samples) {
    return median(samples, ours, figure) / median(samples, tunnel, reference);
  }

  private static double median(Map<String, List<Sample>> samples, String of, Figure which) {
    return Spread.of(samples.getOrDefault(of, List.of()), which).median();
  }

  boolean isMet(double ratio) {
    return atLeast ? ratio >= factor : ratio <= factor;
  }

  /** In words, with what came out. */
  String text(double ratio) {
    String than = tunnel.equals(ours) ? "own " + reference.label() : tunnel;
    return String.format(
        Locale.ROOT,
        "%-16s %-28s %.2f x %s, goal %s %.2f: %s",
        ours,
        figure.label(),
        ratio,
        than,
        atLeast ? "at least" : "at most",
        factor,
        isMet(ratio) ? "met" : "MISSED");
  }
}
