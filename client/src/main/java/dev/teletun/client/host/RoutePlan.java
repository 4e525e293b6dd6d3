package dev.teletun.client.host;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which prefixes go into the tunnel: what the user asked for and the cluster's name servers, but
 * nothing that would cut the host off.
 *
 * @param prefixes to be routed
 * @param warnings what was left out, and why
 */
public record RoutePlan(List<Prefix> prefixes, List<String> warnings) {
  // RFC 1918, RFC 6598, RFC 4193: what a cluster numbers its services and pods from.
  private static final List<Prefix> PRIVATE =
      Stream.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
          .map(Prefix::parse)
          .toList();

  /**
   * Chooses.
   *
   * @param asked prefixes the user named
   * @param nameServers as the server said them: not to be trusted
   * @param addresses of this host
   * @param routes of this host
   * @param reserved what the tunnel itself runs to, and the host's own name servers
   */
  public static RoutePlan choose(
      List<Prefix> asked,
      List<InetAddress> nameServers,
      List<InterfaceAddress> addresses,
      List<Route> routes,
      Set<InetAddress> reserved) {
    Set<Prefix> chosen = new LinkedHashSet<>(asked);
    List<String> warnings = new ArrayList<>();
    for (InetAddress server : nameServers) {
      if (isOurs(server, addresses, routes, reserved)) {
        warnings.add(
            "the server names %s as name server, which belongs to this host's own network: not routed into the tunnel"
                .formatted(Addresses.text(server)));
      } else if (asked.stream().noneMatch(p -> p.contains(server))) {
        if (isPrivate(server)) {
          chosen.add(Prefix.host(server));
        } else {
          warnings.add(
              "the server names %s as name server, a public address that anybody may own: not routed into the tunnel. If it is the cluster's, say -route=%s"
                  .formatted(Addresses.text(server), Prefix.host(server)));
        }
      }
    }
    return new RoutePlan(List.copyOf(chosen), warnings);
  }

  private static boolean isOurs(
      InetAddress server,
      List<InterfaceAddress> addresses,
      List<Route> routes,
      Set<InetAddress> reserved) {
    return reserved.contains(server)
        || isGateway(server, routes)
        || addresses.stream().anyMatch(a -> onLink(a, server));
  }

  private static boolean isGateway(InetAddress address, List<Route> routes) {
    return routes.stream().anyMatch(r -> r.gateway().filter(address::equals).isPresent());
  }

  private static boolean onLink(InterfaceAddress own, InetAddress address) {
    return new Prefix(own.address(), own.prefixLength()).contains(address);
  }

  private static boolean isPrivate(InetAddress address) {
    return address.isLinkLocalAddress() || PRIVATE.stream().anyMatch(p -> p.contains(address));
  }

  /**
   * The first of the pod's addresses that this host must not take, as the server says them. What is
   * made local answers nobody any more: a gateway, a name server, a machine of the LAN, the
   * endpoint. Links without a gateway, such as a bridge of pods on this very host, are not asked.
   */
  public static Optional<InetAddress> notToBeTaken(
      List<InetAddress> pod,
      List<InterfaceAddress> addresses,
      List<Route> routes,
      Set<InetAddress> reserved) {
    Set<Integer> ways =
        routes.stream()
            .filter(r -> r.gateway().isPresent())
            .map(Route::interfaceIndex)
            .collect(Collectors.toSet());
    return pod.stream()
        .filter(p ->
            reserved.contains(p)
                || isGateway(p, routes)
                || addresses.stream()
                    .anyMatch(a -> ways.contains(a.interfaceIndex()) && onLink(a, p)))
        .findFirst();
  }

  /** Those of {@code asked} that contain the endpoint: routing them would loop the tunnel. */
  public static List<Prefix> looping(List<Prefix> asked, InetAddress endpoint) {
    return asked.stream().filter(p -> p.contains(endpoint)).toList();
  }
}
