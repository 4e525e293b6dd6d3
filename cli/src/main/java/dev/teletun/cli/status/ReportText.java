package dev.teletun.cli.status;

import dev.teletun.cli.screen.Json;
import dev.teletun.protocol.count.Count;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report in words for people, and as JSON. */
public final class ReportText {
  private static final String PREFIX = "teletun_";
  private static final int NAME_COLUMNS = 26;
  private static final int LONG_VALUE = 60; // characters

  private ReportText() {}

  /** Lines: all facts, then the counters that are not zero, by family. */
  public static List<String> lines(Report report) {
    List<String> lines = new ArrayList<>();
    for (Fact fact : report.facts()) {
      lines.addAll(lines(words(fact.name()), fact.values()));
    }
    Map<String, List<String>> families = new LinkedHashMap<>();
    for (Count c : report.counts()) {
      if (c.count() != 0) {
        String which = c.value().isEmpty() ? "" : words(c.value()) + " ";
        families.computeIfAbsent(c.name(), _ -> new ArrayList<>()).add(which + c.count());
      }
    }
    lines.add(families.isEmpty() ? "nothing counted yet" : "counted so far:");
    families.forEach((name, counts) ->
        lines.add(line("  " + words(name.replaceFirst(PREFIX, "")), String.join(", ", counts))));
    return lines;
  }

  /** Short values in one line; of long ones each has its own. */
  private static List<String> lines(String name, List<String> values) {
    if (values.stream().noneMatch(v -> v.length() > LONG_VALUE)) {
      return List.of(line(name, String.join(", ", values)));
    }
    List<String> lines = new ArrayList<>();
    for (String value : values) {
      lines.add(line(lines.isEmpty() ? name : "", value));
    }
    return lines;
  }

  private static String line(String name, String value) {
    return name + " ".repeat(Math.max(1, NAME_COLUMNS - name.length())) + value;
  }

  /** {@code pathMtuAge} and {@code path_mtu_age} are both "path mtu age", EPERM is itself. */
  private static String words(String name) {
    if (name.equals(name.toUpperCase(Locale.ROOT))) {
      return name;
    }
    return name.replaceAll("([A-Z])", " $1").replace('_', ' ').toLowerCase(Locale.ROOT);
  }

  /** One object on one line: facts by name, and {@code counters} by family and label. */
  public static String json(Report report) {
    Map<String, Object> members = new LinkedHashMap<>();
    report.facts().forEach(fact -> members.put(fact.name(), value(fact)));
    Map<String, Object> counters = new LinkedHashMap<>();
    Map<String, Map<String, Long>> families = new LinkedHashMap<>();
    for (Count c : report.counts()) {
      if (c.label().isEmpty()) {
        counters.put(c.name(), c.count());
      } else {
        Map<String, Long> family = families.computeIfAbsent(c.name(), _ -> new LinkedHashMap<>());
        family.put(c.value(), c.count());
        counters.put(c.name(), family);
      }
    }
    members.put("counters", counters);
    return Json.object(members);
  }

  private static Object value(Fact fact) {
    return switch (fact.kind()) {
      case LIST -> fact.values();
      case NUMBER -> Long.valueOf(fact.values().getFirst());
      case TEXT -> fact.values().getFirst();
    };
  }
}
