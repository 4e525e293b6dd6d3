package dev.teletun.client.host.route;

import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The routes through one device. The kernel's table is what counts, not what was done before: so a
 * route that somebody removed comes back. One thread at a time.
 */
public final class DeviceRoutes {
  private final int interfaceIndex;
  private final boolean ipv6;
  private List<String> refused = List.of();

  /** How many routes were added and removed. */
  public record Change(int added, int removed) {
    /** Both together. */
    public Change and(Change other) {
      return new Change(added + other.added, removed + other.removed);
    }
  }

  /** {@code ipv6}: whether this host has IPv6; without it, such prefixes are left out. */
  public DeviceRoutes(int interfaceIndex, boolean ipv6) {
    this.interfaceIndex = interfaceIndex;
    this.ipv6 = ipv6;
  }

  /** Adds what is missing, then removes what is too many, in few system calls. */
  public Change apply(RouteSocket kernel, Collection<Prefix> wanted) throws IOException {
    Set<Route> missing = new LinkedHashSet<>();
    List<String> said = new ArrayList<>();
    for (Prefix prefix : wanted) {
      if (prefix.isIpv6() && !ipv6) {
        said.add("IPv6 is off on this host: %s is not routed".formatted(prefix));
      } else {
        missing.add(Route.through(interfaceIndex, prefix));
      }
    }
    List<Route> superfluous = new ArrayList<>();
    for (Route route : own(kernel)) {
      if (!missing.remove(route)) {
        superfluous.add(route);
      }
    }
    int added = kernel.add(missing);
    if (added < missing.size()) {
      own(kernel).forEach(missing::remove);
      missing.forEach(route -> said.add(elsewhere(route.destination())));
    }
    refused = said;
    return new Change(added, kernel.delete(superfluous));
  }

  private List<Route> own(RouteSocket kernel) throws IOException {
    return kernel.routes(r ->
        r.interfaceIndex() == interfaceIndex
            && r.table() == Route.MAIN
            && r.protocol() == Route.TELETUN);
  }

  private static String elsewhere(Prefix prefix) {
    return "%s is routed elsewhere already (ip route show %s): packets go there, not into the tunnel"
        .formatted(prefix, prefix);
  }

  /** What could not be routed last time, and why. */
  public List<String> refused() {
    return refused;
  }
}
