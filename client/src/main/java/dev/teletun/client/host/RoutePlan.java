package dev.teletun.client.host;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which prefixes go into the tunnel: what the user asked for and the cluster's name servers, but
 * nothing that would cut the host off.
 *
 * @param prefixes to be routed
 * @param warnings what was left out, and why
 */
public record RoutePlan(List<Prefix> prefixes, List<String> warnings) {

  /**
   * Chooses.
   *
   * @param asked prefixes the user named
   * @param nameServers as the server said them: not to be trusted
   * @param addresses of this host
   * @param routes of this host
   * @param endpoint what the tunnel itself runs to
   */
  public static RoutePlan choose(
      List<Prefix> asked,
      List<InetAddress> nameServers,
      List<InterfaceAddress> addresses,
      List<Route> routes,
      InetAddress endpoint) {
    Set<Prefix> chosen = new LinkedHashSet<>(asked);
    List<String> warnings = new ArrayList<>();
    for (InetAddress server : nameServers) {
      if (isOurs(server, addresses, routes, endpoint)) {
        warnings.add(
            "the server names %s as name server, which belongs to this host's own network: not routed into the tunnel"
                .formatted(Addresses.text(server)));
      } else if (asked.stream().noneMatch(p -> p.contains(server))) {
        chosen.add(Prefix.host(server));
      }
    }
    return new RoutePlan(List.copyOf(chosen), warnings);
  }

  private static boolean isOurs(
      InetAddress server,
      List<InterfaceAddress> addresses,
      List<Route> routes,
      InetAddress endpoint) {
    return server.equals(endpoint)
        || addresses.stream()
            .anyMatch(a -> new Prefix(a.address(), a.prefixLength()).contains(server))
        || routes.stream().anyMatch(r -> r.gateway().filter(server::equals).isPresent());
  }

  /** Those of {@code asked} that contain the endpoint: routing them would loop the tunnel. */
  public static List<Prefix> looping(List<Prefix> asked, InetAddress endpoint) {
    return asked.stream().filter(p -> p.contains(endpoint)).toList();
  }
}
