package dev.teletun.client.host;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The network that this host has besides the tunnel.
 *
 * @param addresses of its interfaces
 * @param routes of all tables
 * @param ways addresses that the tunnel itself runs to, and the API server: never in the tunnel
 * @param nameServers of this host
 */
public record HostNetwork(
    List<InterfaceAddress> addresses,
    List<Route> routes,
    Set<InetAddress> ways,
    Set<InetAddress> nameServers) {

  /**
   * Reads it.
   *
   * @param tunnel index of our own interface, which is left out
   */
  public static HostNetwork read(OptionalInt tunnel, Set<InetAddress> ways) throws IOException {
    try (RouteSocket kernel = RouteSocket.open()) {
      int own = tunnel.orElse(-1);
      return new HostNetwork(
          kernel.addresses().stream().filter(a -> a.interfaceIndex() != own).toList(),
          kernel.routes().stream().filter(r -> r.interfaceIndex() != own).toList(),
          Set.copyOf(ways),
          Set.copyOf(HostNameServers.read()));
    }
  }

  /** What the tunnel runs to, and this host's name servers. */
  Set<InetAddress> reserved() {
    Set<InetAddress> reserved = new HashSet<>(ways);
    reserved.addAll(nameServers);
    return reserved;
  }

  /** True if the address is needed by this host, or is of a link of its own. */
  boolean isOurs(InetAddress address) {
    return isNeeded(address) || isOnLink(address);
  }

  /** True for a gateway, a name server of this host, the endpoint, the API server. */
  boolean isNeeded(InetAddress address) {
    return ways.contains(address)
        || nameServers.contains(address)
        || routes.stream().anyMatch(r -> r.gateway().filter(address::equals).isPresent())
        || addresses.stream().anyMatch(a -> a.address().equals(address));
  }

  /** True if the address is of a link of this host. */
  boolean isOnLink(InetAddress address) {
    return addresses.stream()
        .anyMatch(a -> new Prefix(a.address(), a.prefixLength()).contains(address));
  }

  /** The route of this host that holds all of the prefix, the longest; none of them is default. */
  Optional<Route> around(Prefix prefix) {
    return special()
        .filter(r -> r.destination().contains(prefix))
        .max(java.util.Comparator.comparingInt(r -> r.destination().length()));
  }

  /** The routes of this host that hold a part of the prefix, which they win. */
  List<Route> inside(Prefix prefix) {
    return special()
        .filter(r -> !r.destination().contains(prefix) && prefix.contains(r.destination()))
        .toList();
  }

  /** Neither default routes nor the halves that some VPNs make of one, nor what is local. */
  private java.util.stream.Stream<Route> special() {
    return routes.stream()
        .filter(r -> r.destination().length() > 1)
        .filter(r -> r.table() != Route.LOCAL_TABLE)
        .filter(r -> r.type() != Route.LOCAL && r.type() != Route.BROADCAST)
        .filter(r -> !r.destination().network().isMulticastAddress());
  }
}
