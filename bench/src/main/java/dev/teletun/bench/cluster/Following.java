package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.MadeUpCluster;
import dev.teletun.bench.field.Part;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** What is measured with the whole client against an API server that is played, in a lab. */
final class Following {
  private static final double FOLLOWED_GOAL_MILLIS = 1_000;
  private static final double CONNECT_GOAL_MILLIS = 2_000;
  private static final int CHANGES = 5;

  private final int services;
  private final int pods;
  private final int times;
  private final List<String> command;
  private final Figures figures;

  Following(int services, int pods, int times, List<String> command, Figures figures) {
    this.services = services;
    this.pods = pods;
    this.times = times;
    this.command = command;
    this.figures = figures;
  }

  /** A cluster, and how the client is to route it. */
  private enum Case {
    EMPTY("empty cluster", "auto", true),
    AUTO("auto", "auto", true),
    OBSERVED("auto, prefixes unknown", "auto", false),
    HOSTS("hosts", "hosts", true),
    NONE("none", "none", true);

    private final String text;
    private final String mode;
    private final boolean prefixes;

    Case(String text, String mode, boolean prefixes) {
      this.text = text;
      this.mode = mode;
      this.prefixes = prefixes;
    }

    boolean isRouted() {
      return this != EMPTY && this != NONE;
    }
  }

  void measure() throws IOException {
    for (int i = 0; i < times; i++) {
      double empty = connect(Case.EMPTY);
      figures.add("connect, empty cluster", empty, "ms", Double.NaN);
      for (Case large : List.of(Case.AUTO, Case.OBSERVED, Case.HOSTS, Case.NONE)) {
        figures.add(
            large.text + ": connect, more than empty",
            connect(large) - empty,
            "ms",
            CONNECT_GOAL_MILLIS);
      }
    }
  }

  private double connect(Case how) throws IOException {
    Path directory = Files.createTempDirectory("bench-cluster");
    Path kubeconfig = directory.resolve("kubeconfig");
    boolean empty = how == Case.EMPTY;
    try (Field field =
            Field.up("clus", command, "-kubeconfig=" + kubeconfig, "-routes=" + how.mode);
        MadeUpCluster cluster =
            MadeUpCluster.in(field.lab(), empty ? 0 : services, empty ? 0 : pods, how.prefixes)) {
      cluster.kubeconfig(directory);
      field.start(Part.SERVER_CLUSTER);
      field.start(Part.SERVER_EXTERNAL);
      long begun = System.nanoTime();
      field.start(Part.CLIENT);
      double millis = millisSince(begun);
      if (how.isRouted()) {
        Routed.await(field.laptop(), MadeUpCluster.serviceAddress(services - 1), true);
        figures.add(
            how.text + ": all routed after the start", millisSince(begun), "ms", Double.NaN);
        changes(field, cluster, how);
      }
      Resident.look(figures, how.text, field.program(Part.CLIENT).pid());
      field.disconnect();
      return millis;
    } finally {
      Files.deleteIfExists(kubeconfig);
      Files.delete(directory);
    }
  }

  private void changes(Field field, MadeUpCluster cluster, Case how) throws IOException {
    for (int i = 0; i < CHANGES; i++) {
      String service = "new" + i;
      // In the observed prefix too: what is not yet in one needs no more than in hosts mode.
      String ip = "10.127.%d.7".formatted(i * 16);
      try (Reach reach =
          Reach.begin(field.laptop(), MadeUpCluster.name(service), LabNet.WEB_PORT)) {
        Instant created = Instant.now();
        cluster.create(service, ip);
        double reached = reach.reached(created);
        figures.add(how.text + ": created, answers by name", reached, "ms", FOLLOWED_GOAL_MILLIS);
        Instant deleted = Instant.now();
        long begun = System.nanoTime();
        cluster.delete(service);
        if (how == Case.HOSTS) {
          Routed.await(field.laptop(), ip, false);
          figures.add(
              how.text + ": deleted, routed no longer",
              millisSince(begun),
              "ms",
              FOLLOWED_GOAL_MILLIS);
        }
        figures.add(
            how.text + ": deleted, name gone", reach.gone(deleted), "ms", FOLLOWED_GOAL_MILLIS);
      }
    }
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }
}
