package dev.teletun.client.host.route;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

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
          kernel.routes(r -> r.interfaceIndex() != own && !Fence.isPart(r)),
          Set.copyOf(ways),
          Set.copyOf(HostNameServers.read()));
    }
  }

  /** Where each of the routes leads. */
  public Set<Prefix> destinations() {
    return routes.stream().map(Route::destination).collect(Collectors.toSet());
  }

  /**
   * Routes to parts of {@code cluster} that somebody has added since {@code before}. Those of a
   * link that this host joined are none.
   */
  public List<Route> addedInside(Set<Prefix> before, Collection<Prefix> cluster) {
    return special().stream()
        .filter(r -> r.protocol() != Route.KERNEL && !before.contains(r.destination()))
        .filter(r ->
            cluster.stream()
                .anyMatch(c -> !r.destination().contains(c) && c.contains(r.destination())))
        .toList();
  }

  /** The same without some of the routes. */
  public HostNetwork without(Collection<Route> some) {
    return new HostNetwork(
        addresses, routes.stream().filter(r -> !some.contains(r)).toList(), ways, nameServers);
  }

  /** What the tunnel runs to, and this host's name servers. */
  Set<InetAddress> reserved() {
    Set<InetAddress> reserved = new HashSet<>(ways);
    reserved.addAll(nameServers);
    return reserved;
  }

  /** True if the address is needed by this host, or is of a link of its own. */
  boolean isOurs(InetAddress address) {
    return needed().contains(address) || isOnLink(address);
  }

  /** Its own addresses, gateways and name servers, the endpoint, the API server. */
  Set<InetAddress> needed() {
    Set<InetAddress> needed = reserved();
    routes.forEach(route -> route.gateway().ifPresent(needed::add));
    addresses.forEach(own -> needed.add(own.address()));
    return needed;
  }

  /** True if the address is of a link of this host. */
  boolean isOnLink(InetAddress address) {
    return addresses.stream()
        .anyMatch(a -> new Prefix(a.address(), a.prefixLength()).contains(address));
  }

  /** The one of these that holds all of the prefix, the longest. */
  static Optional<Route> around(List<Route> special, Prefix prefix) {
    Optional<Route> longest = Optional.empty();
    for (Route route : special) { // a loop, as it is asked for thousands of addresses
      Prefix to = route.destination();
      if (to.contains(prefix)
          && longest.filter(l -> l.destination().length() > to.length()).isEmpty()) {
        longest = Optional.of(route);
      }
    }
    return longest;
  }

  /** Those of them that hold a part of the prefix, which they win. */
  static List<Route> inside(List<Route> special, Prefix prefix) {
    return special.stream()
        .filter(r -> !r.destination().contains(prefix) && prefix.contains(r.destination()))
        .toList();
  }

  /**
   * Routes that lead somewhere in particular: neither default routes nor the halves that some VPNs
   * make of one, nor what is local.
   */
  List<Route> special() {
    return routes.stream()
        .filter(r -> r.destination().length() > 1)
        .filter(r -> r.table() != Route.LOCAL_TABLE)
        .filter(r -> r.type() != Route.LOCAL && r.type() != Route.BROADCAST)
        .filter(r -> !r.destination().network().isMulticastAddress())
        .toList();
  }
}
