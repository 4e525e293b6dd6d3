package dev.teletun.bench.peers;

import dev.teletun.bench.field.Json;
import dev.teletun.bench.tunnel.Memory;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Sample;
import dev.teletun.bench.tunnel.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;

/**
 * What was measured, as a table and as JSON.
 *
 * @param samples of each tunnel, one a round
 * @param memory of each tunnel's processes after the last round
 */
record Report(Map<String, List<Sample>> samples, Map<String, Map<String, Memory>> memory) {

  private record Figure(String name, String format, ToDoubleFunction<Sample> value) {}

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("up Gb/s", "%.2f", Sample::up),
          new Figure("down Gb/s", "%.2f", Sample::down),
          new Figure("CPU s/GB up", "%.2f", Sample::upCost),
          new Figure("CPU s/GB down", "%.2f", Sample::downCost),
          new Figure("RTT p50 us", "%.0f", Sample::rttMedian),
          new Figure("RTT p99 us", "%.0f", Sample::rttTail));

  /** Medians, least to greatest, and how many times wireguard-go's median that is. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append(row("", FIGURES.stream().map(Figure::name).toList()));
    samples.forEach((name, all) -> {
      table.append(row(name, FIGURES.stream().map(figure -> spread(figure, all)).toList()));
      List<Sample> reference = samples.get(Peers.WIREGUARD);
      if (reference != null && !name.equals(Peers.WIREGUARD)) {
        table.append(
            row("", FIGURES.stream().map(figure -> ratio(figure, all, reference)).toList()));
      }
    });
    table.append("%nmemory after the last round, MB: resident (of it anonymous)%n".formatted());
    memory.forEach((name, processes) -> table.append(memoryLine(name, processes)));
    return table.toString();
  }

  private static String row(String name, List<String> cells) {
    StringBuilder row = new StringBuilder("%-13s".formatted(name));
    cells.forEach(cell -> row.append(" %-19s".formatted(cell)));
    return row.toString().stripTrailing() + "\n";
  }

  private static String spread(Figure figure, List<Sample> all) {
    Spread spread = Spread.of(all, figure.value());
    return "%s (%s-%s)"
        .formatted(
            number(figure.format(), spread.median()),
            number(figure.format(), spread.least()),
            number(figure.format(), spread.greatest()));
  }

  private static String ratio(Figure figure, List<Sample> all, List<Sample> reference) {
    double ratio =
        Spread.of(all, figure.value()).median() / Spread.of(reference, figure.value()).median();
    return "  x " + number("%.2f", ratio);
  }

  private static String memoryLine(String name, Map<String, Memory> processes) {
    StringJoiner all = new StringJoiner(", ");
    processes.forEach((process, memory) ->
        all.add("%s %.0f (%.0f)".formatted(process, memory.resident(), memory.anonymous())));
    return "  %-13s %s%n".formatted(name, all);
  }

  /** The same with every sample; {@code facts} say where and how it was measured. */
  String json(Map<String, String> facts) {
    StringJoiner json = new StringJoiner(",\n  ", "{\n  ", "\n}\n");
    facts.forEach(
        (name, value) -> json.add("%s: %s".formatted(Json.quoted(name), Json.quoted(value))));
    StringJoiner tunnels = new StringJoiner(",\n    ", "{\n    ", "\n  }");
    samples.forEach(
        (name, all) -> tunnels.add("%s: %s".formatted(Json.quoted(name), tunnel(name, all))));
    json.add("\"tunnels\": " + tunnels);
    return json.toString();
  }

  private String tunnel(String name, List<Sample> all) {
    StringJoiner fields = new StringJoiner(", ", "{", "}");
    for (Figure figure : FIGURES) {
      StringJoiner values = new StringJoiner(", ", "[", "]");
      all.forEach(sample -> values.add(number("%.4f", figure.value().applyAsDouble(sample))));
      fields.add("%s: %s".formatted(Json.quoted(figure.name()), values));
    }
    memory
        .getOrDefault(name, Map.of())
        .forEach((process, used) ->
            fields.add(
                "%s: [%s, %s]"
                    .formatted(
                        Json.quoted("MB resident, anonymous: " + process),
                        number("%.1f", used.resident()),
                        number("%.1f", used.anonymous()))));
    return fields.toString();
  }

  /** A number as JSON has it; bare veth has no process and so no cost. */
  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "0";
  }
}
