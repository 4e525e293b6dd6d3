package dev.teletun.bench.field;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured, beside its goals. */
public final class Figures {
  private record Figure(String unit, double goal, List<Double> values) {
    double most() {
      return values.stream().mapToDouble(v -> v).max().orElse(Double.NaN);
    }

    double least() {
      return values.stream().mapToDouble(v -> v).min().orElse(Double.NaN);
    }

    double median() {
      List<Double> sorted = values.stream().sorted().toList();
      return sorted.get(sorted.size() / 2);
    }

    boolean isMet() {
      return Double.isNaN(goal) || most() <= goal;
    }
  }

  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final PrintStream progress;

  public Figures(PrintStream progress) {
    this.progress = progress;
  }

  /** One more value; {@code goal} is the most it may be, NaN if there is none. */
  public void add(String name, double value, String unit, double goal) {
    figures
        .computeIfAbsent(name, _ -> new Figure(unit, goal, new ArrayList<>()))
        .values()
        .add(value);
    progress.printf("%s: %.2f %s%n", name, value, unit);
  }

  /** The same for what is counted. */
  public void add(String name, long count, String unit, double goal) {
    add(name, (double) count, unit, goal);
  }

  public boolean areMet() {
    return figures.values().stream().allMatch(Figure::isMet);
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%-52s %5s %9s %9s %9s %9s%n".formatted("", "times", "least", "median", "most", "goal"));
    figures.forEach((name, f) ->
        text.append(
            "%-52s %5d %9.2f %9.2f %9.2f %9s %s%s%n"
                .formatted(
                    name,
                    f.values().size(),
                    f.least(),
                    f.median(),
                    f.most(),
                    Double.isNaN(f.goal())
                        ? ""
                        : "%.4g".formatted(f.goal()).replaceFirst("\\.0*$", ""),
                    f.unit(),
                    Double.isNaN(f.goal()) ? "" : f.isMet() ? "  within" : "  MISSED")));
    return text.toString();
  }

  public String json(String load) {
    Map<String, Object> all = new LinkedHashMap<>();
    figures.forEach((name, f) ->
        all.put(
            name,
            Json.members(
                "unit", f.unit(), "goal", f.goal(), "met", f.isMet(), "values", f.values())));
    return Json.of(Json.members("loadAverage", load, "figures", all));
  }
}
