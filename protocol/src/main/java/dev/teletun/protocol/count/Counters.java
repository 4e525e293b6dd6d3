package dev.teletun.protocol.count;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A program's counters by name. Who counts keeps its own field and registers a reader.
 *
 * <p>Any thread registers. {@link #read} calls the readers on its own thread: where they read plain
 * fields of a loop, call it there.
 */
public final class Counters {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  private record Family(String help, String label, Supplier<Map<String, Long>> reader) {}

  private final Map<String, Family> families = new LinkedHashMap<>(); // guarded by this

  /** A counter that stands alone. */
  public void count(String name, String help, LongSupplier reader) {
    add(name, new Family(help, "", () -> Map.of("", reader.getAsLong())));
  }

  /** Counters that a label tells apart; {@code reader} gives them by its value. */
  public void family(String name, String help, String label, Supplier<Map<String, Long>> reader) {
    if (!NAME.matcher(label).matches()) {
      throw new IllegalArgumentException("a label named \"%s\"".formatted(label));
    }
    add(name, new Family(help, label, reader));
  }

  private synchronized void add(String name, Family family) {
    if (!NAME.matcher(name).matches() || name.endsWith("_total")) {
      throw new IllegalArgumentException("a counter named \"%s\"".formatted(name));
    }
    if (families.putIfAbsent(name, family) != null) {
      throw new IllegalArgumentException("two counters named %s".formatted(name));
    }
  }

  /** All counters as they are now, families in the order of their registration. */
  public synchronized List<Count> read() {
    List<Count> counts = new ArrayList<>();
    families.forEach((name, family) ->
        family
            .reader
            .get()
            .forEach((value, count) ->
                counts.add(new Count(name, family.help, family.label, value, count))));
    return counts;
  }
}
