package dev.teletun.client.host.route;

import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Unreachable routes behind those of a tunnel: without the tunnel, packets for the cluster go
 * nowhere. They outlive the process, and end with {@link #remove}, {@link #removeAbandoned} or the
 * next boot. Their metric says whose they are, and is too high to win against any other route.
 */
public final class Fence {
  private static final int FIRST_METRIC = 0x7474_0000;
  private static final int MOST_DEVICES = 0x1_0000;
  private static final Pattern DEVICE = Pattern.compile("tel(\\d{1,4})");

  private final int metric;
  private final boolean ipv6;

  /**
   * That of one tunnel.
   *
   * @param ipv6 whether this host has IPv6
   */
  public Fence(String device, boolean ipv6) {
    this.metric = metric(device);
    this.ipv6 = ipv6;
  }

  private static int metric(String device) {
    Matcher name = DEVICE.matcher(device);
    return FIRST_METRIC + (name.matches() ? Integer.parseInt(name.group(1)) : 0);
  }

  /** True for a route of any fence. */
  static boolean isPart(Route route) {
    return route.protocol() == Route.TELETUN
        && route.type() == Route.UNREACHABLE
        && route.priority() >= FIRST_METRIC
        && route.priority() < FIRST_METRIC + MOST_DEVICES;
  }

  /** Fences these in and no others. */
  public void follow(RouteSocket kernel, Collection<Prefix> prefixes) throws IOException {
    Set<Prefix> missing =
        prefixes.stream()
            .filter(p -> ipv6 || !p.isIpv6())
            .collect(Collectors.toCollection(HashSet::new));
    List<Route> superfluous =
        kernel.routes(r -> isPart(r) && r.priority() == metric).stream()
            .filter(r -> !missing.remove(r.destination()))
            .toList();
    kernel.add(
        missing.stream()
            .map(p -> Route.without(Route.UNREACHABLE, p).withPriority(metric))
            .toList());
    kernel.delete(superfluous);
  }

  /** True if a part of it is there. */
  public boolean stands(RouteSocket kernel) throws IOException {
    return !kernel.routes(r -> isPart(r) && r.priority() == metric).isEmpty();
  }

  /** Takes it away. */
  public void remove(RouteSocket kernel) throws IOException {
    kernel.delete(kernel.routes(r -> isPart(r) && r.priority() == metric));
  }

  /**
   * Takes away those of clients that are gone.
   *
   * @param living devices of clients
   * @return how many routes
   */
  public static int removeAbandoned(RouteSocket kernel, Collection<String> living)
      throws IOException {
    Set<Integer> kept = living.stream().map(Fence::metric).collect(Collectors.toSet());
    return kernel.delete(kernel.routes(r -> isPart(r) && !kept.contains(r.priority())));
  }
}
