package dev.teletun.bench.soak;

import dev.teletun.bench.field.Footprint;
import dev.teletun.bench.field.Json;
import dev.teletun.bench.field.Load;
import dev.teletun.bench.field.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run found.
 *
 * @param megabits a second that the connections were to carry
 * @param connections as they stood at the end
 * @param losses of connections, and when
 * @param happened in order
 * @param footprints of each program, one for each time it was started
 * @param wire outside, where there must be nothing in clear
 * @param inside the tunnel's device, where there must: else we do not see what we look for
 * @param leftBehind what the programs left on laptop and pod
 */
record Result(
    Duration length,
    double megabits,
    List<Load.State> connections,
    List<String> losses,
    List<Happened> happened,
    Map<Part, List<Footprint>> footprints,
    Wire wire,
    Wire inside,
    List<String> leftBehind) {
  private static final double MB_PER_MIB = (1 << 20) / 1e6;
  private static final double MOST_RESIDENT = 200;
  private static final int MOST_GAINED = 8;
  private static final double STEEPEST = 2;
  private static final double LONG_LIFE = 120;

  /**
   * Something happened, and so many seconds after its end every connection had moved again; NaN if
   * not all did.
   */
  record Happened(String what, double seconds) {}

  /** What should not have been, a line each; none of a good run. */
  List<String> failures() {
    List<String> failures = new ArrayList<>(losses);
    connections.stream()
        .filter(c -> c.wrong() > 0)
        .forEach(c -> failures.add("%s: wrong bytes arrived".formatted(c.name())));
    if (inside.clear() == 0) {
      failures.add("no payload was seen in the tunnel's device: looking proves nothing");
    }
    if (wire.bytes() == 0 || wire.clear() > 0) {
      failures.add(
          "on the wire, %d bytes looked at, payload in clear %d times"
              .formatted(wire.bytes(), wire.clear()));
    }
    footprints.forEach((part, lives) -> lives.forEach(life -> grown(part, life, failures)));
    leftBehind.forEach(line -> failures.add("left behind: " + line));
    return failures;
  }

  private static void grown(Part part, Footprint life, List<String> failures) {
    if (life.mostResident() > MOST_RESIDENT) {
      failures.add("%s took %.0f MB".formatted(part, life.mostResident()));
    }
    if (life.warmSeconds() > LONG_LIFE && life.slope() > STEEPEST) {
      failures.add("%s grew by %.1f MB a minute".formatted(part, life.slope()));
    }
    if (life.descriptorsGained() > MOST_GAINED || life.threadsGained() > MOST_GAINED) {
      failures.add(
          "%s gained %d descriptors and %d threads"
              .formatted(part, life.descriptorsGained(), life.threadsGained()));
    }
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d minutes, %.1f GB arrived right at %.0f Mbit/s, %d connections%n"
            .formatted(length.toMinutes(), gigabytes(), megabits, connections.size()));
    byName()
        .forEach((name, seconds) ->
            text.append(
                    "  %-24s %d times; all connections moved after "
                        .formatted(name, seconds.size()))
                .append(
                    "%.1f s at most%n"
                        .formatted(seconds.stream().mapToDouble(s -> s).max().orElse(0))));
    footprints.forEach((part, lives) -> text.append(line(part, lives)));
    text.append(
        "  on the wire: %.1f MB looked at, payload in clear %d times (in the device: %d)%n"
            .formatted(wire.bytes() / 1e6, wire.clear(), inside.clear()));
    List<String> failures = failures();
    failures.forEach(line -> text.append("FAILED: ").append(line).append('\n'));
    return text.append(failures.isEmpty() ? "passed\n" : "").toString();
  }

  private static String line(Part part, List<Footprint> lives) {
    Footprint longest =
        lives.stream().max(Comparator.comparingDouble(Footprint::warmSeconds)).orElseThrow();
    return "  %-24s %d started; resident %.0f MB at most (goal %.0f), %+.2f MB a minute over %.0f s; descriptors %d, threads %d at most%n"
        .formatted(
            part,
            lives.size(),
            lives.stream().mapToDouble(Footprint::mostResident).max().orElse(0),
            part.mostResidentMib() * MB_PER_MIB,
            longest.slope(),
            longest.warmSeconds(),
            lives.stream().mapToInt(Footprint::mostDescriptors).max().orElse(0),
            lives.stream().mapToInt(Footprint::mostThreads).max().orElse(0));
  }

  private Map<String, List<Double>> byName() {
    Map<String, List<Double>> all = new LinkedHashMap<>();
    happened.forEach(h -> all.computeIfAbsent(h.what(), _ -> new ArrayList<>()).add(h.seconds()));
    return all;
  }

  private double gigabytes() {
    return connections.stream().mapToLong(Load.State::right).sum() / 1e9;
  }

  String json() {
    Map<String, Object> processes = new LinkedHashMap<>();
    footprints.forEach((part, lives) ->
        processes.put(
            part.toString(),
            lives.stream()
                .map(life ->
                    Json.members(
                        "warmSeconds", life.warmSeconds(),
                        "residentMbMost", life.mostResident(),
                        "residentMbPerMinute", life.slope(),
                        "descriptorsMost", life.mostDescriptors(),
                        "threadsMost", life.mostThreads()))
                .toList()));
    return Json.of(
        Json.members(
            "minutes", length.toMinutes(),
            "megabitsPerSecond", megabits,
            "gigabytesRight", gigabytes(),
            "connections", connections.size(),
            "connectionsLost", connections.stream().mapToInt(Load.State::lost).sum(),
            "happened",
                happened.stream()
                    .map(h -> Json.members("what", h.what(), "allMovedAfterSeconds", h.seconds()))
                    .toList(),
            "processes", processes,
            "wireBytes", wire.bytes(),
            "wireClear", wire.clear(),
            "failures", failures()));
  }
}
