package dev.teletun.client.connect;

import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a connected client says of itself. Any thread asks. */
final class Explanation {
  private final Counters counters;
  private final DataChannel data;
  private final Stay stay;
  private final Connected connected;
  private final Set<Prefix> asked;

  /**
   * Registers the counters of the parts with {@code counters}, which may have others already.
   *
   * @param asked the routes that the user named
   */
  Explanation(
      Counters counters, DataChannel data, Stay stay, Connected connected, List<Prefix> asked) {
    this.counters = counters;
    this.data = data;
    this.stay = stay;
    this.connected = connected;
    this.asked = Set.copyOf(asked);
    data.register(counters);
    stay.register(counters);
  }

  Report report() throws IOException {
    List<Fact> facts = new ArrayList<>(stay.facts());
    facts.add(Fact.text("device", connected.device()));
    facts.add(Fact.number("tunMtu", connected.tunMtu()));
    facts.add(Fact.list("routes", connected.routes().stream().map(this::route).toList()));
    facts.add(Fact.text("dns", connected.dns().orElse("left alone")));
    List<Report> reports = new ArrayList<>();
    data.loop()
        .call(() -> {
          facts.addAll(data.facts());
          reports.add(new Report(facts, counters.read()));
        });
    return reports.getFirst();
  }

  private String route(Prefix prefix) {
    return "%s (%s)"
        .formatted(prefix, asked.contains(prefix) ? "-route" : "the cluster's name server");
  }
}
