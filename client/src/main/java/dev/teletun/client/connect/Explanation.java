package dev.teletun.client.connect;

import dev.teletun.client.cluster.pair.LeaseKeeper;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a connected client says of itself. Any thread asks. */
final class Explanation {
  private final Counters counters;
  private final DataChannel data;
  private final Stay stay;
  private final Connected connected;
  private final RouteKeeper routes;
  private final Optional<LeaseKeeper> lease;
  private final FilterWatch filter;

  /** Registers the counters of the parts with {@code counters}, which may have others already. */
  Explanation(
      Counters counters,
      DataChannel data,
      Stay stay,
      RouteKeeper routes,
      Optional<LeaseKeeper> lease,
      FilterWatch filter,
      Connected connected) {
    this.counters = counters;
    this.data = data;
    this.stay = stay;
    this.connected = connected;
    this.routes = routes;
    this.lease = lease;
    this.filter = filter;
    data.register(counters);
    stay.register(counters);
    routes.register(counters);
  }

  Report report() throws IOException {
    List<Fact> facts = new ArrayList<>(stay.facts());
    lease.ifPresent(l -> facts.addAll(l.facts()));
    facts.add(Fact.text("device", connected.device()));
    facts.add(Fact.number("tunMtu", connected.tunMtu()));
    facts.addAll(routes.facts());
    facts.add(Fact.text("dns", connected.dns().orElse("left alone")));
    facts.addAll(filter.facts());
    connected.dnsWay().ifPresent(way -> facts.add(Fact.text("dnsWay", way)));
    List<Report> reports = new ArrayList<>();
    data.loop()
        .call(() -> {
          facts.addAll(data.facts());
          reports.add(new Report(facts, counters.read()));
        });
    return reports.getFirst();
  }
}
