package dev.teletun.client.host.route;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The network that this host has besides the tunnel.
 *
 * @param addresses of its interfaces
 * @param routes of all tables
 * @param kept what this host needs besides gateways: none of it goes into the tunnel
 */
public record HostNetwork(
    List<InterfaceAddress> addresses, List<Route> routes, Map<InetAddress, Role> kept) {

  /**
   * Reads it.
   *
   * @param tunnel index of our own interface, which is left out
   * @param known addresses that are kept in any case, beside {@code needs}
   */
  public static HostNetwork read(OptionalInt tunnel, HostNeeds needs, Map<InetAddress, Role> known)
      throws IOException {
    try (RouteSocket kernel = RouteSocket.open()) {
      int device = tunnel.orElse(-1);
      List<InterfaceAddress> all = kernel.addresses();
      Map<InetAddress, Role> kept = new HashMap<>(known);
      needs.now(all.stream().map(InterfaceAddress::address).toList()).forEach(kept::putIfAbsent);
      return new HostNetwork(
          all.stream().filter(a -> a.interfaceIndex() != device).toList(),
          kernel.routes(r -> r.interfaceIndex() != device && !Fence.isPart(r)),
          kept);
    }
  }

  /** True if this host needs others by now. */
  public boolean isOutdated(HostNeeds needs) throws IOException {
    Map<InetAddress, Role> now =
        needs.now(addresses.stream().map(InterfaceAddress::address).toList());
    Map<InetAddress, Role> known = new HashMap<>(kept);
    known.values().removeIf(Role::bearsTheTunnel);
    now.keySet().removeIf(address -> kept.containsKey(address) && !known.containsKey(address));
    return !now.equals(known);
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
        addresses, routes.stream().filter(r -> !some.contains(r)).toList(), kept);
  }

  /** True if the address is needed by this host, or is of a link of its own. */
  boolean isOurs(InetAddress address) {
    return needed().contains(address) || isOnLink(address);
  }

  /** What is kept, its gateways and its own addresses. */
  Set<InetAddress> needed() {
    Set<InetAddress> needed = new HashSet<>(kept.keySet());
    routes.forEach(route -> route.gateway().ifPresent(needed::add));
    addresses.forEach(own -> needed.add(own.address()));
    return needed;
  }

  /** True if the address is of a link of this host. */
  boolean isOnLink(InetAddress address) {
    return addresses.stream()
        .anyMatch(a -> new Prefix(a.address(), a.prefixLength()).contains(address));
  }

  /** True if a link of this host is longer than the prefix and has the address: it is reached. */
  boolean isOnLinkInside(InetAddress address, Prefix prefix) {
    return addresses.stream()
        .map(a -> new Prefix(a.address(), a.prefixLength()))
        .anyMatch(link -> link.length() > prefix.length() && link.contains(address));
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
