package dev.teletun.bench.peers;

import dev.teletun.bench.field.Json;
import dev.teletun.bench.tunnel.Figure;
import dev.teletun.bench.tunnel.Memory;
import dev.teletun.bench.tunnel.Sample;
import dev.teletun.bench.tunnel.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * What was measured: as a table, as JSON, and as columns that a chart is drawn from.
 *
 * @param samples of each tunnel, one a round
 * @param memory of each tunnel's processes after the last round
 */
record Report(Map<String, List<Sample>> samples, Map<String, Map<String, Memory>> memory) {

  /** Medians, least to greatest; then the goals that the measured tunnels can be held to. */
  String text() {
    StringBuilder text = new StringBuilder(row("", Function.identity()));
    for (Figure figure : Figure.values()) {
      text.append(row(figure.label(), name -> cell(figure, name)));
    }
    text.append("%nmemory after the last round, MB: resident (of it anonymous)%n".formatted());
    memory.forEach((name, processes) -> text.append(memoryLine(name, processes)));
    text.append("\n");
    for (Goal goal : Goal.all()) {
      double ratio = goal.ratio(samples);
      if (!Double.isNaN(ratio)) {
        text.append(goal.text(ratio)).append("\n");
      }
    }
    return text.toString();
  }

  private String row(String head, Function<String, String> cell) {
    StringBuilder row = new StringBuilder("%-24s".formatted(head));
    samples.keySet().forEach(name -> row.append(" %-20s".formatted(cell.apply(name))));
    return row.toString().stripTrailing() + "\n";
  }

  private String cell(Figure figure, String name) {
    Spread spread = spread(figure, name);
    return Double.isNaN(spread.median())
        ? "-"
        : "%s (%s-%s)"
            .formatted(
                figure.text(spread.median()),
                figure.text(spread.least()),
                figure.text(spread.greatest()));
  }

  private Spread spread(Figure figure, String name) {
    return Spread.of(samples.getOrDefault(name, List.of()), figure);
  }

  private static String memoryLine(String name, Map<String, Memory> processes) {
    StringJoiner all = new StringJoiner(", ");
    processes.forEach((process, used) ->
        all.add("%s %.0f (%.0f)".formatted(process, used.resident(), used.anonymous())));
    return "  %-13s %s%n".formatted(name, all);
  }

  /** Every sample; {@code facts} say where and how it was measured. */
  String json(Map<String, String> facts) {
    Map<String, Object> tunnels = new LinkedHashMap<>();
    samples.keySet().forEach(name -> tunnels.put(name, tunnel(name)));
    Map<String, Object> all = new LinkedHashMap<>(facts);
    all.put("tunnels", tunnels);
    all.put("goals", goals());
    return Json.of(all);
  }

  private Map<String, Object> tunnel(String name) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (Figure figure : Figure.values()) {
      List<Double> values =
          samples.getOrDefault(name, List.of()).stream().map(s -> s.value(figure)).toList();
      members.put(figure.label(), values);
    }
    memory
        .getOrDefault(name, Map.of())
        .forEach((process, used) ->
            members.put(
                "MB resident, anonymous: " + process, List.of(used.resident(), used.anonymous())));
    return members;
  }

  private List<Object> goals() {
    List<Object> goals = new ArrayList<>();
    for (Goal goal : Goal.all()) {
      double ratio = goal.ratio(samples);
      if (!Double.isNaN(ratio)) {
        goals.add(
            Json.members(
                "tunnel",
                goal.ours(),
                "figure",
                goal.figure().label(),
                "times",
                goal.tunnel() + " " + goal.reference().label(),
                "ratio",
                ratio,
                goal.atLeast() ? "atLeast" : "atMost",
                goal.factor(),
                "met",
                goal.isMet(ratio)));
      }
    }
    return goals;
  }

  /** A line for each figure and tunnel: quoted figure, quoted tunnel, median, least, greatest. */
  String columns() {
    StringBuilder columns = new StringBuilder();
    for (Figure figure : Figure.values()) {
      for (String name : samples.keySet()) {
        Spread spread = spread(figure, name);
        columns.append(
            String.format(
                Locale.ROOT,
                "%s\t%s\t%.4f\t%.4f\t%.4f%n",
                Json.quoted(figure.label()),
                Json.quoted(name),
                spread.median(),
                spread.least(),
                spread.greatest()));
      }
      columns.append("\n\n"); // the next block, for gnuplot's "index"
    }
    return columns.toString();
  }
}
