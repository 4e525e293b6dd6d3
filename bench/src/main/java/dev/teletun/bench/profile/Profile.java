package dev.teletun.bench.profile;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples, counted by process and kind of work. */
final class Profile {
  private static final String IDLE = "idle";
  private static final String OTHERS = "others";

  private final Map<Long, String> processes;
  private final Map<String, Map<Work, Map<String, Integer>>> counts = new LinkedHashMap<>();
  private int all;

  /**
   * Nothing yet.
   *
   * @param processes names of those that carry packets, by ID
   */
  Profile(Map<Long, String> processes) {
    this.processes = processes;
    processes.values().forEach(name -> counts.put(name, new EnumMap<>(Work.class)));
    for (String rest : List.of("iperf3", OTHERS, IDLE)) {
      counts.put(rest, new EnumMap<>(Work.class));
    }
  }

  void add(Sample sample) {
    all++;
    counts
        .computeIfAbsent(nameOf(sample), _ -> new EnumMap<>(Work.class))
        .computeIfAbsent(Work.of(sample.stack()), _ -> new HashMap<>())
        .merge(sample.stack().getFirst().function(), 1, Integer::sum);
  }

  private String nameOf(Sample sample) {
    if (sample.process() == 0) {
      return IDLE;
    }
    String rest = sample.command().startsWith("iperf3") ? "iperf3" : OTHERS;
    return processes.getOrDefault(sample.process(), rest);
  }

  /**
   * A table of nanoseconds.
   *
   * @param each how much time, of all processors together, passed for one unit of what is carried
   * @param top how many functions to name for each kind of work
   */
  String text(double each, int top) {
    StringBuilder text = new StringBuilder();
    counts.forEach((process, byWork) -> {
      int inProcess = byWork.values().stream().mapToInt(Profile::sum).sum();
      text.append("%-52s %7.0f%n".formatted(process, inProcess * each / all));
      if (!process.equals(IDLE)) {
        byWork.forEach((work, functions) -> append(text, work, functions, each / all, top));
      }
    });
    return text.append("%-52s %7.0f%n".formatted("all processors", each)).toString();
  }

  private static void append(
      StringBuilder text, Work work, Map<String, Integer> functions, double nanos, int top) {
    text.append("  %-50s %7.0f%n".formatted(work, sum(functions) * nanos));
    functions.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(top)
        .forEach(f -> text.append("    %7.0f  %s%n".formatted(f.getValue() * nanos, f.getKey())));
  }

  private static int sum(Map<String, Integer> functions) {
    return functions.values().stream().mapToInt(Integer::intValue).sum();
  }
}
