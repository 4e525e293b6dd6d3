package dev.teletun.client.host.route;

import dev.teletun.client.host.trace.OwnRules;
import dev.teletun.client.host.trace.Traces;
import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.linux.route.Rule;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.address.PrefixAlgebra;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A routing table of our own that every packet meets before the host's: a longer route that
 * somebody adds to the host's takes nothing out of the tunnel. One thread at a time.
 */
public final class PolicyTable {
  private final int interfaceIndex;
  private final boolean ipv6;
  private final OwnRules rules;
  private final Traces traces;

  /**
   * Still without rules or routes.
   *
   * @param ipv6 whether this host has it
   */
  public PolicyTable(int interfaceIndex, String device, boolean ipv6, Traces traces) {
    this.interfaceIndex = interfaceIndex;
    this.ipv6 = ipv6;
    this.rules = new OwnRules(device);
    this.traces = traces;
  }

  /**
   * Makes it so, also if somebody has changed it: first routes, then rules.
   *
   * @param left parts of {@code wanted} that this host routes elsewhere
   */
  public DeviceRoutes.Change apply(
      RouteSocket kernel, Collection<Prefix> wanted, Collection<Prefix> left) throws IOException {
    Set<Route> missing = new LinkedHashSet<>();
    for (Prefix prefix : wanted) {
      if (ipv6 || !prefix.isIpv6()) {
        for (Prefix piece : PrefixAlgebra.without(prefix, List.copyOf(left))) {
          missing.add(Route.through(interfaceIndex, piece).inTable(rules.table()));
        }
      }
    }
    List<Route> superfluous =
        kernel
            .routes(r -> r.table() == rules.table() && r.interfaceIndex() == interfaceIndex)
            .stream()
            .filter(r -> !missing.remove(r))
            .toList();
    int added = kernel.add(missing);
    traces.intend(rules);
    List<Rule> there = kernel.rules();
    for (Rule rule : rules.rules()) {
      if ((ipv6 || !rule.ipv6()) && !there.contains(rule) && kernel.add(rule)) {
        added++;
      }
    }
    return new DeviceRoutes.Change(added, kernel.delete(superfluous));
  }

  /** Takes the rules away; the routes go with the device. */
  public void undo() throws IOException {
    traces.undo(rules);
  }
}
