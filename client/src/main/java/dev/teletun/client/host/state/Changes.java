package dev.teletun.client.host.state;

import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.dns.way.HostNames;
import dev.teletun.client.host.route.Role;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is about to change on a host, in words that its administrator uses. */
final class Changes {
  private Changes() {}

  /** A line for each change from {@code before}, or from a host that is as it was. */
  static List<String> between(HostTerms terms, Optional<HostState> before, HostState after) {
    List<String> lines = new ArrayList<>();
    if (before.isEmpty()) {
      lines.add("ip tuntap add tel0 mode tun, or the next number that is free");
      lines.add("ip link set tel0 mtu %d up".formatted(after.mtu()));
      lines.addAll(filter(terms, after));
    }
    addresses(before.map(HostState::addresses).orElse(List.of()), after.addresses(), lines);
    routes(before.map(s -> s.routes().prefixes()).orElse(Set.of()), after, lines);
    kept(before.map(s -> s.routes().kept()).orElse(Map.of()), after.routes().kept(), lines);
    if (before.isEmpty() && terms.strictRoutes()) {
      lines.add(
          "the same routes in a table of our own, and ip rule add ... lookup that table proto 84, for IPv4 and IPv6 (left behind by a kill: the guardian removes the rules)");
    }
    if (before.isEmpty() && after.names().isPresent() && terms.dns() != DnsMode.OFF) {
      lines.addAll(HostNames.foreseen(terms.dns(), terms.place().resolvConf()));
    }
    return lines;
  }

  private static List<String> filter(HostTerms terms, HostState after) {
    String gone = " (gone with the process)";
    List<String> lines = new ArrayList<>();
    lines.add(
        "nft add table inet teletun-lan-tel0: neighbours cannot send to %s%s"
            .formatted(Addresses.text(after.addresses()), gone));
    lines.add(
        "nft add table inet teletun-leak-tel0: packets for the cluster leave by tel0 or not at all%s"
            .formatted(gone));
    if (!terms.boundary().exposed().everything()) {
      lines.add(
          "nft add table inet teletun-inbound-tel0: the cluster may begin %s here%s"
              .formatted(terms.boundary().exposed(), gone));
    }
    terms
        .boundary()
        .shared()
        .forEach(name ->
            lines.add(
                "nft add table inet teletun-share-tel0 and teletun-sharedns-tel0: what is behind %s reaches the cluster%s"
                    .formatted(name, gone)));
    if (terms.boundary().failClosed()) {
      lines.add(
          "ip route add unreachable PREFIX proto 84 for each route below, with a metric that loses (stays after a kill: -fail-closed)");
    }
    return lines;
  }

  private static void addresses(
      List<InetAddress> before, List<InetAddress> after, List<String> lines) {
    for (InetAddress address : after) {
      if (!before.contains(address)) {
        lines.add("ip address add %s dev tel0".formatted(Prefix.host(address)));
      }
    }
    for (InetAddress address : before) {
      if (!after.contains(address)) {
        lines.add(
            "ip address del %s dev tel0, and the connections from it end"
                .formatted(Prefix.host(address)));
      }
    }
  }

  private static void routes(Set<Prefix> before, HostState after, List<String> lines) {
    after
        .routes()
        .routes()
        .forEach((prefix, why) -> {
          if (!before.contains(prefix)) {
            lines.add("ip route add %s dev tel0 proto 84 (%s)".formatted(prefix, why));
          }
        });
    Set<Prefix> gone = new HashSet<>(before);
    gone.removeAll(after.routes().prefixes());
    gone.forEach(prefix -> lines.add("ip route del %s dev tel0".formatted(prefix)));
  }

  private static void kept(
      Map<InetAddress, Role> before, Map<InetAddress, Role> after, List<String> lines) {
    after.forEach((address, role) -> {
      if (!before.containsKey(address)) {
        lines.add(
            "%s keeps its way past tel0: the routes leave it out, as it is %s"
                .formatted(Addresses.text(address), role));
      }
    });
  }
}
