package dev.teletun.bench.scale;

import dev.teletun.bench.field.Json;
import dev.teletun.bench.tunnel.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines as a table, as JSON, and as columns that a chart is drawn from. */
record Report(List<Line> lines) {

  /** Medians, least to greatest, of one curve. */
  String text(Curve curve) {
    StringBuilder text = new StringBuilder();
    text.append("%n%s; %s%n%-14s".formatted(curve.grows(), curve.measured(), ""));
    of(curve).forEach(line -> text.append(" %-20s".formatted(line.tunnel())));
    for (int point : curve.points()) {
      text.append("%n%-14d".formatted(point));
      of(curve).forEach(line -> text.append(" %-20s".formatted(cell(line.at(point)))));
    }
    return text.append("\n").toString();
  }

  private List<Line> of(Curve curve) {
    return lines.stream().filter(line -> line.curve().equals(curve)).toList();
  }

  private static String cell(Spread spread) {
    return Double.isNaN(spread.median())
        ? "-"
        : String.format(
            Locale.ROOT, "%.2f (%.2f-%.2f)", spread.median(), spread.least(), spread.greatest());
  }

  /** Every measurement; {@code facts} say where and how it was measured. */
  String json(Map<String, String> facts) {
    Map<String, Object> all = new LinkedHashMap<>(facts);
    List<Object> curves = new ArrayList<>();
    for (Line line : lines) {
      curves.add(
          Json.members(
              "grows",
              line.curve().grows(),
              "measured",
              line.curve().measured(),
              "tunnel",
              line.tunnel(),
              "values",
              line.values()));
    }
    all.put("lines", curves);
    return Json.of(all);
  }

  /** A block for each line, of point, median, least and greatest; its head is a comment. */
  String columns() {
    StringBuilder columns = new StringBuilder();
    for (Line line : lines) {
      columns.append("# %s\t%s%n".formatted(line.curve().name(), line.tunnel()));
      for (int point : line.curve().points()) {
        Spread spread = line.at(point);
        if (!Double.isNaN(spread.median())) {
          columns.append(
              String.format(
                  Locale.ROOT,
                  "%d\t%.4f\t%.4f\t%.4f%n",
                  point,
                  spread.median(),
                  spread.least(),
                  spread.greatest()));
        }
      }
      columns.append("\n\n"); // the next block, for gnuplot's "index"
    }
    return columns.toString();
  }

  /** The plot's commands: one chart for each curve, of the blocks in {@code data}. */
  String plot(String data) {
    StringBuilder plot = new StringBuilder();
    for (Curve curve : curves()) {
      List<String> drawn = new ArrayList<>();
      for (Line line : of(curve)) {
        int block = lines.indexOf(line);
        String style = "ls " + (curve.tunnels().indexOf(line.tunnel()) + 1);
        drawn.add(
            "'%s' index %d using 0:2:3:4 with yerrorbars %s notitle".formatted(data, block, style));
        drawn.add(
            "'' index %d using 0:2:xticlabels(1) with linespoints %s title '%s'"
                .formatted(block, style, line.tunnel()));
      }
      plot.append(
          "set xlabel \"%s\"\nset ylabel \"%s\"\n".formatted(curve.grows(), curve.measured()));
      plot.append("plot %s\n".formatted(String.join(", ", drawn)));
    }
    return plot.toString();
  }

  private List<Curve> curves() {
    return lines.stream().map(Line::curve).distinct().toList();
  }
}
