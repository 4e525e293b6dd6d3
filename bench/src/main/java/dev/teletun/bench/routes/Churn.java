package dev.teletun.bench.routes;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.MadeUpCluster;
import dev.teletun.bench.field.Part;
import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Services that come and go, many a second, in a large cluster of which the whole client routes
 * each by itself: every second change makes one, every other deletes the one made a second before.
 */
final class Churn {
  private static final double MOST_UPDATES = 20; // a second: one in 50 ms
  private static final double GOAL_MILLIS = 1_000;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration WARMING = Duration.ofSeconds(5);

  private static final Pattern UPDATES =
      Pattern.compile("\"teletun_route_updates\": ?\\{\"changed\": ?(\\d+)");

  private final int services;
  private final int rate;
  private final Duration length;
  private final List<String> command;
  private final Figures figures;
  private final Map<String, Instant> created = new HashMap<>();
  private final Map<String, Instant> deleted = new HashMap<>();
  private final Set<String> wanted = new HashSet<>();
  private int made;
  private int gone;

  Churn(int services, int rate, Duration length, List<String> command, Figures figures) {
    this.services = services;
    this.rate = rate;
    this.length = length;
    this.command = command;
    this.figures = figures;
  }

  void measure() throws IOException {
    Path directory = Files.createTempDirectory("bench-routes");
    try (Field field =
            Field.up(
                "churn",
                command,
                "-kubeconfig=" + directory.resolve("kubeconfig"),
                "-routes=hosts");
        MadeUpCluster cluster = MadeUpCluster.in(field.lab(), services, 0, true)) {
      cluster.kubeconfig(directory);
      for (int i = 0; i < services; i++) {
        wanted.add(MadeUpCluster.serviceAddress(i));
      }
      field.connect();
      while (made < rate / 2) {
        create(cluster);
      }
      change(cluster, WARMING); // what is compiled by now is what a client that runs for long has
      settle(field.laptop());
      created.clear();
      deleted.clear();
      try (RouteLog log = RouteLog.begin(field.laptop())) {
        run(field, cluster, log);
      }
      field.disconnect();
    } finally {
      Files.deleteIfExists(directory.resolve("kubeconfig"));
      Files.delete(directory);
    }
  }

  private void run(Field field, MadeUpCluster cluster, RouteLog log) throws IOException {
    long pid = field.program(Part.CLIENT).pid();
    long updates = updates(field.laptop());
    Duration cpu = cpu(pid);
    long begun = System.nanoTime();
    int changes = change(cluster, length);
    double seconds = (System.nanoTime() - begun) / 1e9;
    double load = cpu(pid).minus(cpu).toNanos() / 1e9 / seconds;
    long done = updates(field.laptop()) - updates;
    Duration settled = settle(field.laptop());
    log.read();
    figures.add("changes a second", changes / seconds, "", Double.NaN);
    figures.add("updates of the kernel's table a second", done / seconds, "", MOST_UPDATES);
    figures.add("client's share of a core", load, "", Double.NaN);
    figures.add("table as wanted after the last", settled.toNanos() / 1e6, "ms", GOAL_MILLIS);
    latencies("routed after the Service was made", created, log.added());
    latencies("routed no longer after it was deleted", deleted, log.removed());
  }

  private void latencies(String what, Map<String, Instant> from, Map<String, Instant> to) {
    List<Double> millis = new ArrayList<>();
    int never = 0;
    for (Map.Entry<String, Instant> change : from.entrySet()) {
      Instant followed = to.get(change.getKey());
      if (followed == null) {
        never++; // gone again before it was looked at, or not heard of
      } else {
        millis.add(Duration.between(change.getValue(), followed).toNanos() / 1e6);
      }
    }
    millis.sort(null);
    if (millis.isEmpty()) {
      throw new IllegalStateException("ip monitor told of no change");
    }
    figures.add(what + ", p50", millis.get(millis.size() / 2), "ms", Double.NaN);
    figures.add(what + ", p99", millis.get(millis.size() * 99 / 100), "ms", GOAL_MILLIS);
    figures.add(what + ", not seen", never, "", Double.NaN);
  }

  /** Changes at the rate for so long; answers how many changes that were. */
  private int change(MadeUpCluster cluster, Duration howLong) throws IOException {
    int changes = 0;
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < howLong.toNanos()) {
      while (changes < (System.nanoTime() - begun) / 1e9 * rate) {
        if (changes++ % 2 == 0) {
          create(cluster);
        } else {
          delete(cluster);
        }
      }
      Pause.of(Duration.ofMillis(1));
    }
    return changes;
  }

  private void create(MadeUpCluster cluster) {
    String address = MadeUpCluster.serviceAddress(services + made);
    cluster.createNameless("c" + made++, address);
    created.put(address, Instant.now());
    wanted.add(address);
  }

  private void delete(MadeUpCluster cluster) {
    String address = MadeUpCluster.serviceAddress(services + gone);
    cluster.deleteNameless("c" + gone++);
    deleted.put(address, Instant.now());
    wanted.remove(address);
  }

  private Duration settle(Host laptop) throws IOException {
    Duration settled = Pause.until(LIMIT, () -> routed(laptop).equals(wanted));
    if (settled.equals(LIMIT)) {
      Set<String> routed = routed(laptop);
      throw new IOException(
          "%d routes, %d wanted, after %s".formatted(routed.size(), wanted.size(), LIMIT));
    }
    return settled;
  }

  /** Those of Services, as the kernel has them. */
  private static Set<String> routed(Host laptop) throws IOException {
    return laptop
        .shell("ip -4 route show dev tel0 proto 84 root 10.112.0.0/12")
        .orThrow()
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .collect(Collectors.toSet());
  }

  /** How often the client has changed the table. */
  private long updates(Host laptop) throws IOException {
    List<String> status = new ArrayList<>(command);
    status.addAll(List.of("status", "-output=json"));
    String said = laptop.run(status.toArray(String[]::new)).orThrow();
    Matcher count = UPDATES.matcher(said);
    if (!count.find()) {
      throw new IOException("the client does not say how often it changed routes");
    }
    return Long.parseLong(count.group(1));
  }

  private static Duration cpu(long pid) {
    return ProcessHandle.of(pid).flatMap(p -> p.info().totalCpuDuration()).orElseThrow();
  }
}
