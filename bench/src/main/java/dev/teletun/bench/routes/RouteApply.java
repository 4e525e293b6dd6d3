package dev.teletun.bench.routes;

import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.MadeUpCluster;
import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.host.filter.Boundary;
import dev.teletun.client.host.filter.Exposed;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.client.host.state.HostState;
import dev.teletun.client.host.state.HostTerms;
import dev.teletun.client.host.state.Place;
import dev.teletun.client.host.state.TakenHost;
import dev.teletun.client.host.trace.StateDirectory;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Many routes at once into a TUN device, by what the client changes a host with and by {@code ip
 * -batch}, in turns.
 */
final class RouteApply {
  private static final double GOAL_RATIO = 1.2;
  private static final int WARMING = 5;
  private static final int MTU = 1400;

  private final Figures figures;

  RouteApply(Figures figures) {
    this.figures = figures;
  }

  void measure(int routes, int times) throws IOException {
    List<Prefix> prefixes =
        IntStream.range(0, routes)
            .mapToObj(i -> Prefix.parse(MadeUpCluster.serviceAddress(i)))
            .toList();
    List<Round> adding = new ArrayList<>();
    List<Round> removing = new ArrayList<>();
    try (Lab lab = Lab.up("rout");
        NetworkNamespace inside = NetworkNamespace.ofProcess(lab.laptop().pid());
        TakenHost host = taken(inside, lab)) {
      host.apply(state(List.of()));
      Path add = batch(lab, "add", prefixes);
      Path delete = batch(lab, "del", prefixes);
      for (int i = 0; i < times + WARMING; i++) {
        double added = timed(() -> host.apply(state(prefixes)));
        expect(lab.laptop(), routes);
        double removed = timed(() -> host.apply(state(List.of())));
        expect(lab.laptop(), 0);
        double theirsAdded = timed(() -> lab.laptop().run("ip", "-batch", "" + add).orThrow());
        expect(lab.laptop(), routes);
        double theirsRemoved = timed(() -> lab.laptop().run("ip", "-batch", "" + delete).orThrow());
        expect(lab.laptop(), 0);
        if (i >= WARMING) {
          adding.add(new Round(added, theirsAdded));
          removing.add(new Round(removed, theirsRemoved));
        } else if (i == 0) {
          figures.add(routes + " routes added, the first time", added, "ms", Double.NaN);
        }
      }
    }
    report(routes + " routes added", adding);
    report(routes + " routes removed", removing);
  }

  /** What one round took, ms. */
  private record Round(double ours, double theirs) {}

  private void report(String what, List<Round> rounds) {
    List<Double> ours = rounds.stream().map(Round::ours).sorted().toList();
    List<Double> theirs = rounds.stream().map(Round::theirs).sorted().toList();
    ours.forEach(millis -> figures.add(what, millis, "ms", Double.NaN));
    theirs.forEach(millis -> figures.add(what + ", ip -batch", millis, "ms", Double.NaN));
    double ratio = ours.get(ours.size() / 2) / theirs.get(theirs.size() / 2);
    figures.add(what + ", ours to ip -batch, medians", ratio, "x", GOAL_RATIO);
  }

  private static TakenHost taken(NetworkNamespace inside, Lab lab) {
    HostTerms terms =
        new HostTerms(
            new Place(Optional.of(inside), lab.directory().resolve("resolv.conf")),
            new Boundary(Exposed.NOTHING, List.of(), false),
            DnsMode.OFF,
            Set.of(),
            false,
            new StateDirectory(lab.directory().resolve("state")));
    return new TakenHost(terms, (_, tell) -> tell.run(), _ -> {}, _ -> {});
  }

  private static HostState state(List<Prefix> prefixes) {
    Map<Prefix, String> routes = new LinkedHashMap<>();
    prefixes.forEach(prefix -> routes.put(prefix, RoutePlan.HOST));
    return new HostState(
        List.of(Addresses.parse(LabNet.POD_CLUSTER.v4())),
        MTU,
        new RoutePlan(routes, List.of(), List.of(), false, Set.of(), Map.of()),
        Optional.empty());
  }

  private static Path batch(Lab lab, String verb, List<Prefix> prefixes) throws IOException {
    return Files.write(
        lab.directory().resolve(verb),
        prefixes.stream().map(p -> "route %s %s dev tel0".formatted(verb, p)).toList());
  }

  private static void expect(Host laptop, int routes) throws IOException {
    String count = laptop.shell("ip -4 route show dev tel0 | wc -l").orThrow().strip();
    if (!count.equals("" + routes)) {
      throw new IOException("%s routes where there should be %d".formatted(count, routes));
    }
  }

  private interface Work {
    Object run() throws IOException;
  }

  private static double timed(Work work) throws IOException {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e6;
  }
}
