package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.Part;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.ProcessStatus;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What is measured with the whole client. */
final class Following {
  private static final double ROUTED_GOAL_MILLIS = 1_000;
  private static final double CONNECT_GOAL_MILLIS = 2_000;
  private static final double RESIDENT_GOAL_MB = 192 * 1.048576;
  private static final Duration LONGEST = Duration.ofSeconds(60);

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

  void measure() throws IOException {
    for (int i = 0; i < times; i++) {
      double empty = connect(0, 0, "-routes=auto");
      double auto = connect(services, pods, "-routes=auto");
      double hosts = connect(services, pods, "-routes=hosts");
      figures.add("connect, empty cluster", empty, "ms", Double.NaN);
      figures.add(
          "connect, large cluster, more than empty", auto - empty, "ms", CONNECT_GOAL_MILLIS);
      figures.add(
          "connect, large cluster, each address a route, more",
          hosts - empty,
          "ms",
          CONNECT_GOAL_MILLIS);
    }
    new RouteApply(figures).measure(services, times);
  }

  private double connect(int withServices, int withPods, String mode) throws IOException {
    Path directory = Files.createTempDirectory("bench-cluster");
    Path kubeconfig = directory.resolve("kubeconfig");
    try (Field field = Field.up("clus", command, "-kubeconfig=" + kubeconfig, mode);
        MadeUpCluster cluster = MadeUpCluster.on(field.lab().node(), withServices, withPods)) {
      cluster.kubeconfig(directory);
      field.start(Part.SERVER_CLUSTER);
      field.start(Part.SERVER_EXTERNAL);
      long begun = System.nanoTime();
      field.start(Part.CLIENT);
      double millis = millisSince(begun);
      if (withServices > 0) {
        long pid = field.program(Part.CLIENT).pid();
        String last = MadeUpCluster.serviceAddress(withServices - 1);
        await(field.laptop(), last, true);
        figures.add(
            mode + ": last of all routes after the start", millisSince(begun), "ms", Double.NaN);
        changes(field.laptop(), cluster, mode);
        figures.add(
            mode + ": client, resident",
            ProcessStatus.of(pid).residentBytes() / 1e6,
            "MB",
            RESIDENT_GOAL_MB);
      }
      field.disconnect();
      return millis;
    } finally {
      Files.deleteIfExists(kubeconfig);
      Files.delete(directory);
    }
  }

  private void changes(Host laptop, MadeUpCluster cluster, String mode) throws IOException {
    if (!mode.endsWith("hosts")) {
      return; // the prefix holds them all
    }
    String ip = "10.127.7.7";
    for (int i = 0; i < 5; i++) {
      long begun = System.nanoTime();
      cluster.service("shop/new", ip);
      await(laptop, ip, true);
      figures.add("Service created: routed", millisSince(begun), "ms", ROUTED_GOAL_MILLIS);
      begun = System.nanoTime();
      cluster.deleteService("shop/new");
      await(laptop, ip, false);
      figures.add(
          "Service deleted: no longer routed", millisSince(begun), "ms", ROUTED_GOAL_MILLIS);
    }
  }

  /** Until the way to the address is the tunnel's, or no longer. */
  private static void await(Host laptop, String address, boolean routed) throws IOException {
    InetAddress to = Addresses.parse(address);
    try (NetworkNamespace inside = NetworkNamespace.ofProcess(laptop.pid())) {
      inside.call(() -> {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        try (RouteSocket kernel = RouteSocket.open()) {
          int tunnel = kernel.link("tel0").index();
          while (kernel.lookup(to).filter(r -> r.interfaceIndex() == tunnel).isPresent()
              != routed) {
            if (System.nanoTime() - deadline > 0) {
              throw new IOException("%s: not as expected after %s".formatted(address, LONGEST));
            }
            Thread.sleep(1);
          }
        }
        return true;
      });
    }
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }
}
