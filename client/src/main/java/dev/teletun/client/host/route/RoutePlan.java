package dev.teletun.client.host.route;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.address.PrefixAlgebra;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which prefixes go into the tunnel: what the user asked for, the cluster's name servers and what
 * was learned of the cluster, but nothing that would cut the host off.
 *
 * <p>Where a learned prefix meets a route of this host, the longer of the two wins. If that is
 * ours, it takes only addresses that the cluster uses now.
 *
 * @param routes what is to be routed, each with where it comes from
 * @param warnings what the user is to know
 * @param skipped what was left out, and why
 * @param needsHosts whether the addresses of Services and pods are wanted one by one
 * @param left parts of {@code routes} that this host routes elsewhere, which stays so
 * @param kept addresses that prefixes were split around, so that they are reached as before
 */
public record RoutePlan(
    Map<Prefix, String> routes,
    List<String> warnings,
    List<String> skipped,
    boolean needsHosts,
    Set<Prefix> left,
    Map<InetAddress, Role> kept) {
  /** Where the route to a single address comes from. */
  public static final String HOST = "address of a Service or pod";

  /** Routes nothing. */
  public static final RoutePlan NOTHING =
      new RoutePlan(Map.of(), List.of(), List.of(), false, Set.of(), Map.of());

  private static final int MOST_SKIPPED = 200;

  /** What is to be routed. */
  public Set<Prefix> prefixes() {
    return routes.keySet();
  }

  /** True if packets to it go into the tunnel. */
  public boolean covers(InetAddress address) {
    for (int length = address.getAddress().length * 8; length >= 0; length--) {
      if (routes.containsKey(new Prefix(address, length))) {
        return true;
      }
    }
    return false;
  }

  /** Chooses. */
  public static RoutePlan choose(RouteWish wish, HostNetwork host) {
    return new Choice(wish, host).plan();
  }

  /** While it is being made. */
  private static final class Choice {
    private final RouteWish wish;
    private final HostNetwork host;
    private final Set<InetAddress> needed;
    private final List<Route> special;
    private final List<Prefix> learned;
    private final List<Prefix> never = new ArrayList<>();
    private final Map<InetAddress, Role> kept = new LinkedHashMap<>();
    private final Map<Prefix, String> chosen = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final List<RouteWish.Candidate> colliding = new ArrayList<>();

    Choice(RouteWish wish, HostNetwork host) {
      this.wish = wish;
      this.host = host;
      this.needed = host.needed();
      this.special = host.special();
      this.learned = wish.learned().stream().map(RouteWish.Candidate::prefix).toList();
      never.addAll(wish.excluded());
      host.kept()
          .forEach((address, role) -> {
            if (role.bearsTheTunnel()) {
              never.add(Prefix.host(address));
            }
          });
    }

    RoutePlan plan() {
      wish.asked().forEach(prefix -> add(prefix, "-route"));
      if (wish.mode() == RouteMode.AUTO) {
        wish.learned().forEach(this::learned);
      } else if (wish.mode() == RouteMode.HOSTS) {
        colliding.addAll(wish.learned());
      }
      wish.nameServers().forEach(this::nameServer);
      boolean needsHosts = wish.mode() == RouteMode.HOSTS || !colliding.isEmpty();
      if (wish.mode() != RouteMode.NONE) {
        List<Prefix> wide = List.copyOf(chosen.keySet());
        wish.hosts().forEach(address -> host(address, wide));
      }
      return new RoutePlan(chosen, warnings, skipped, needsHosts, left(), kept);
    }

    private Set<Prefix> left() {
      return chosen.keySet().stream()
          .filter(prefix -> !prefix.isHost())
          .flatMap(prefix -> HostNetwork.inside(special, prefix).stream())
          .map(Route::destination)
          .collect(Collectors.toSet());
    }

    private void add(Prefix prefix, String origin) {
      List<Prefix> holes = new ArrayList<>(wish.excluded());
      host.kept()
          .forEach((address, role) -> {
            if (isKeptOut(address, role, prefix)) {
              holes.add(Prefix.host(address));
              keep(address, role, prefix, origin);
            }
          });
      List<Prefix> pieces = PrefixAlgebra.without(prefix, holes);
      if (pieces.isEmpty()) {
        skip("%s (%s) is excluded, or is what this host needs itself".formatted(prefix, origin));
      }
      String part = pieces.size() > 1 ? "part of %s, ".formatted(prefix) : "";
      pieces.forEach(piece -> chosen.putIfAbsent(piece, part + origin));
    }

    /** One that the user names by itself he may have, and a link's is reached by its route. */
    private boolean isKeptOut(InetAddress address, Role role, Prefix prefix) {
      return prefix.contains(address)
          && (role.bearsTheTunnel()
              || (!wish.asked().contains(Prefix.host(address))
                  && !host.isOnLinkInside(address, prefix)));
    }

    private void keep(InetAddress address, Role role, Prefix prefix, String origin) {
      if (kept.put(address, role) == null) {
        skip(
            "%s, in %s (%s), keeps its way past the tunnel: it is %s"
                .formatted(Addresses.text(address), prefix, origin, role));
        if (!role.bearsTheTunnel()) {
          warnings.add(
              "%s, in %s, is %s: packets to it stay outside the tunnel"
                  .formatted(Addresses.text(address), prefix, role));
        }
      }
    }

    private void learned(RouteWish.Candidate candidate) {
      Prefix prefix = candidate.prefix();
      Optional<String> refusal = Admission.refusal(prefix);
      if (refusal.isPresent()) {
        skip("%s (%s) %s".formatted(prefix, candidate.origin(), refusal.get()));
        return;
      }
      if (chosen.keySet().stream().anyMatch(c -> c.contains(prefix))) {
        return;
      }
      Optional<Route> around = HostNetwork.around(special, prefix);
      if (around.isPresent()) {
        colliding.add(candidate);
        warnings.add(
            "%s of the cluster lies in %s, which this host routes elsewhere: only addresses of Services and pods go into the tunnel. To route all of it say -route=%s, to route none of it -exclude=%s"
                .formatted(prefix, around.get().destination(), prefix, prefix));
        return;
      }
      for (Route inside : HostNetwork.inside(special, prefix)) {
        skip(
            "%s, a part of %s (%s), is routed elsewhere by this host and stays so"
                .formatted(inside.destination(), prefix, candidate.origin()));
      }
      add(prefix, candidate.origin());
    }

    private void nameServer(InetAddress server) {
      if (host.isOurs(server)) {
        warnings.add(
            "the server names %s as name server, which belongs to this host's own network: not routed into the tunnel"
                .formatted(Addresses.text(server)));
      } else if (chosen.keySet().stream().noneMatch(p -> p.contains(server))) {
        if (server.isLinkLocalAddress() || Admission.isPrivate(server)) {
          add(Prefix.host(server), "the cluster's name server");
        } else {
          warnings.add(
              "the server names %s as name server, a public address that anybody may own: not routed into the tunnel. If it is the cluster's, say -route=%s"
                  .formatted(Addresses.text(server), Prefix.host(server)));
        }
      }
    }

    private void host(InetAddress address, List<Prefix> wide) {
      if (firstOf(wide, address).isPresent()) {
        return;
      }
      Prefix route = Prefix.host(address);
      Optional<String> why = refusal(address, route);
      if (why.isPresent()) {
        skip("%s of a Service or pod %s".formatted(Addresses.text(address), why.get()));
      } else {
        chosen.putIfAbsent(route, HOST);
      }
    }

    private Optional<String> refusal(InetAddress address, Prefix route) {
      if (needed.contains(address)) {
        return Optional.of(
            "is this host's, or a gateway, name server or API server of it, or what the tunnel runs to");
      }
      if (firstOf(never, address).isPresent()) {
        return Optional.of("is excluded");
      }
      Optional<Prefix> of = firstOf(learned, address);
      Optional<Route> around = HostNetwork.around(special, route);
      if (around.filter(r -> r.protocol() == Route.TELETUN).isPresent()) {
        return Optional.of("is in the tunnel of another client of this host");
      }
      if (of.isEmpty()) {
        return around.isPresent() || host.isOnLink(address)
            ? Optional.of("belongs to this host's own network, and to no prefix of the cluster")
            : publicity(address);
      }
      return around
          .filter(r -> r.destination().length() > of.get().length())
          .map(r -> "lies in %s, which this host routes elsewhere".formatted(r.destination()));
    }

    /** A loop, as it is asked for thousands of addresses. */
    private static Optional<Prefix> firstOf(List<Prefix> prefixes, InetAddress that) {
      for (Prefix prefix : prefixes) {
        if (prefix.contains(that)) {
          return Optional.of(prefix);
        }
      }
      return Optional.empty();
    }

    private static Optional<String> publicity(InetAddress address) {
      return Admission.isPrivate(address)
          ? Optional.empty()
          : Optional.of("is a public address in no prefix of the cluster");
    }

    private void skip(String what) {
      if (skipped.size() < MOST_SKIPPED) {
        skipped.add(what);
      }
    }
  }

  /**
   * The first of the pod's addresses that this host must not take, as the server says them. What is
   * made local answers nobody any more: a gateway, a name server, a machine of the LAN, the
   * endpoint. Links without a gateway, such as a bridge of pods on this very host, are not asked.
   */
  public static Optional<InetAddress> notToBeTaken(List<InetAddress> pod, HostNetwork host) {
    Set<Integer> ways =
        host.routes().stream()
            .filter(r -> r.gateway().isPresent())
            .map(Route::interfaceIndex)
            .collect(Collectors.toSet());
    return pod.stream()
        .filter(p ->
            host.kept().containsKey(p)
                || host.routes().stream().anyMatch(r -> r.gateway().filter(p::equals).isPresent())
                || host.addresses().stream()
                    .anyMatch(a -> ways.contains(a.interfaceIndex()) && onLink(a, p)))
        .findFirst();
  }

  private static boolean onLink(InterfaceAddress own, InetAddress address) {
    return new Prefix(own.address(), own.prefixLength()).contains(address);
  }

  /** Those of {@code asked} that contain the endpoint: routing them would loop the tunnel. */
  public static List<Prefix> looping(List<Prefix> asked, InetAddress endpoint) {
    return asked.stream().filter(p -> p.contains(endpoint)).toList();
  }
}
