package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Figures;
import dev.teletun.lab.topology.Lab;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Many routes at once, by us and by {@code ip -batch}, in turns. */
final class RouteApply {
  private static final double GOAL_RATIO = 1.2;

  private final Figures figures;

  RouteApply(Figures figures) {
    this.figures = figures;
  }

  void measure(int routes, int times) throws IOException {
    List<Prefix> prefixes =
        IntStream.range(0, routes)
            .mapToObj(i -> Prefix.parse(MadeUpCluster.serviceAddress(i)))
            .toList();
    try (Lab lab = Lab.up("rout")) {
      lab.laptop()
          .shell(
              "ip link add dum0 type veth peer name dum1 && ip link set dum0 up && ip link set dum1 up")
          .orThrow();
      Path batch = lab.directory().resolve("batch");
      Files.write(batch, prefixes.stream().map("route add %s dev dum0"::formatted).toList());
      for (int i = 0; i < times + 1; i++) { // the first warms up
        double ours = ours(lab, prefixes);
        lab.laptop().shell("ip route flush dev dum0").orThrow();
        long begun = System.nanoTime();
        lab.laptop().run("ip", "-batch", batch.toString()).orThrow();
        double theirs = (System.nanoTime() - begun) / 1e6;
        lab.laptop().shell("ip route flush dev dum0").orThrow();
        if (i > 0) {
          figures.add("%d routes".formatted(routes), ours, "ms", Double.NaN);
          figures.add("%d routes, ip -batch".formatted(routes), theirs, "ms", Double.NaN);
          figures.add(
              "%d routes, ours to ip -batch".formatted(routes), ours / theirs, "x", GOAL_RATIO);
        }
      }
    }
  }

  private static double ours(Lab lab, List<Prefix> prefixes) throws IOException {
    try (NetworkNamespace inside = NetworkNamespace.ofProcess(lab.laptop().pid())) {
      return inside.call(() -> {
        long begun = System.nanoTime();
        try (RouteSocket kernel = RouteSocket.open()) {
          int dummy = kernel.link("dum0").index();
          int _ = kernel.add(prefixes.stream().map(p -> Route.through(dummy, p)).toList());
        }
        return (System.nanoTime() - begun) / 1e6;
      });
    }
  }
}
