package dev.teletun.bench.attack;

import dev.teletun.bench.field.Json;
import dev.teletun.bench.tunnel.Memory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What attacks cost, beside what they may cost.
 *
 * @param what was sent
 * @param rounds of transfers
 * @param seconds of each
 * @param perSecond forged datagrams
 * @param forged datagrams that our programs got
 * @param lost associations
 * @param rates under each attack
 * @param before memory, warmed up
 * @param between memory, after the transfers
 * @param flood of hellos, after them
 * @param after memory, at the end
 */
record Report(
    String what,
    int rounds,
    int seconds,
    int perSecond,
    long forged,
    long lost,
    Map<Under, Rates> rates,
    Map<String, Memory> before,
    Map<String, Memory> between,
    Flood flood,
    Map<String, Memory> after) {
  private static final double LEAST_SHARE = 0.95;
  private static final double MOST_CORES = 0.15;
  private static final double MOST_GROWTH = 8;

  /** A figure beside its goal. */
  private record Goal(String what, String figure, String goal, boolean reached) {}

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%n%s, %d a second; medians of %d rounds in turns, %d s up and down each%n"
            .formatted(what, perSecond, rounds, seconds));
    text.append("%-28s %8s %10s %14s%n".formatted("", "up Gb/s", "down Gb/s", "of no attack"));
    rates.forEach((under, of) ->
        text.append(
            "%-28s %8.2f %10.2f %13.1f%%%n"
                .formatted(
                    under.words,
                    of.medianUp(),
                    of.medianDown(),
                    100 * of.shareOf(rate(Under.NOTHING)))));
    text.append(
        "%nresident MB (of it anonymous): before, after that, after the flood%n".formatted());
    before
        .keySet()
        .forEach(name ->
            text.append(
                "%-28s %s %s %s%n"
                    .formatted(name, both(before, name), both(between, name), both(after, name))));
    text.append("%n%-52s %-22s %s%n".formatted("", "measured", "goal"));
    for (Goal goal : goals()) {
      text.append(
          "%-52s %-22s %s%s%n"
              .formatted(goal.what, goal.figure, goal.goal, goal.reached ? "" : "   MISSED"));
    }
    return text.toString();
  }

  private static String both(Map<String, Memory> memory, String name) {
    Memory of = memory.getOrDefault(name, new Memory(Double.NaN, Double.NaN));
    return "%6.1f (%.1f)".formatted(of.resident(), of.anonymous());
  }

  private Rates rate(Under under) {
    return rates.getOrDefault(under, new Rates());
  }

  /** Against the same load on the machine: who makes and carries the attack costs CPU here too. */
  private List<Goal> goals() {
    double server = rate(Under.AT_THE_SERVER).shareOf(rate(Under.DROPPED_BEFORE_THE_SERVER));
    double client = rate(Under.AT_THE_CLIENT).shareOf(rate(Under.DROPPED_BEFORE_THE_CLIENT));
    List<Goal> goals = new ArrayList<>();
    goals.add(
        new Goal("associations lost to %,d of them".formatted(forged), "" + lost, "0", lost == 0));
    goals.add(share("throughput at the server, of dropped before it", server));
    goals.add(share("throughput at the client, of dropped before it", client));
    goals.add(
        new Goal(
            "%,d hellos in %d s: server-external's CPU"
                .formatted(flood.in().packets(), flood.seconds()),
            "%.1f %% of a core".formatted(100 * flood.cores()),
            "< 15 %",
            flood.cores() < MOST_CORES));
    goals.add(
        new Goal(
            "its memory grew by",
            "%.1f MiB".formatted(flood.growth()),
            "< 8 MiB",
            flood.growth() < MOST_GROWTH));
    goals.add(
        new Goal(
            "bytes out, in (%,d answers)".formatted(flood.out().packets()),
            "%,d, %,d".formatted(flood.out().bytes(), flood.in().bytes()),
            "out <= in",
            flood.out().bytes() <= flood.in().bytes()));
    goals.add(
        new Goal(
            "pings through the tunnel meanwhile, answered",
            "%d of %d".formatted(flood.answered(), flood.pings()),
            "all",
            flood.answered() == flood.pings()));
    return goals;
  }

  private static Goal share(String what, double share) {
    return new Goal(what, "%.1f %%".formatted(100 * share), ">= 95 %", share >= LEAST_SHARE);
  }

  String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("kernel", System.getProperty("os.version"));
    all.put("processors", Runtime.getRuntime().availableProcessors());
    all.put("what", what);
    all.put("datagramsPerSecond", perSecond);
    all.put("secondsPerTransfer", seconds);
    all.put("forged", forged);
    all.put("associationsLost", lost);
    Map<String, Object> gigabits = new LinkedHashMap<>();
    rates.forEach(
        (under, of) -> gigabits.put(under.words, Map.of("up", of.up(), "down", of.down())));
    all.put("gigabitsPerSecond", gigabits);
    Map<String, Object> memory = new LinkedHashMap<>();
    before
        .keySet()
        .forEach(name ->
            memory.put(
                name,
                List.of(resident(before, name), resident(between, name), resident(after, name))));
    all.put("residentMB", memory);
    all.put("floodCores", flood.cores());
    all.put("floodGrowthMiB", flood.growth());
    all.put("floodIn", List.of(flood.in().packets(), flood.in().bytes()));
    all.put("floodOut", List.of(flood.out().packets(), flood.out().bytes()));
    all.put("floodPings", List.of(flood.pings(), flood.answered()));
    all.put(
        "goals",
        goals().stream()
            .map(goal ->
                Map.of(
                    "what", goal.what,
                    "measured", goal.figure,
                    "goal", goal.goal,
                    "reached", goal.reached))
            .toList());
    return Json.of(all);
  }

  private static double resident(Map<String, Memory> memory, String name) {
    return memory.getOrDefault(name, new Memory(0, 0)).resident();
  }
}
