package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.OwnTable;
import dev.teletun.protocol.address.Prefix;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rejects packets for the cluster that would leave by another device than the tunnel's, because
 * somebody has added a longer route (TunnelVision, CVE-2024-3661), and packets that others forward
 * through this host into the tunnel or out of it: the pod's address would not be theirs.
 */
final class LeakGuard implements Closeable {
  private final OwnTable table;
  private final String name;
  private Set<Prefix> guarded = Set.of();
  private Set<Prefix> left = Set.of();

  private LeakGuard(OwnTable table, String name) {
    this.table = table;
    this.name = name;
  }

  /** {@code shared}: interfaces whose packets may go into the tunnel, and their answers out. */
  static LeakGuard open(String device, List<String> shared) throws IOException {
    String name = "teletun-leak-" + device;
    return new LeakGuard(
        OwnTable.open(
            new NftTable("inet", name),
            """
            add counter inet %1$s leaks
            add counter inet %1$s forwarded
            add set inet %1$s cluster4 { type ipv4_addr; flags interval; }
            add set inet %1$s cluster6 { type ipv6_addr; flags interval; }
            add set inet %1$s left4 { type ipv4_addr; flags interval; }
            add set inet %1$s left6 { type ipv6_addr; flags interval; }
            add set inet %1$s seen4 { type ipv4_addr; size 64; flags dynamic; }
            add set inet %1$s seen6 { type ipv6_addr; size 64; flags dynamic; }
            add chain inet %1$s out { type filter hook output priority filter; policy accept; }
            add rule inet %1$s out oifname { "lo", "%2$s" } accept
            add rule inet %1$s out ip daddr @left4 accept
            add rule inet %1$s out ip6 daddr @left6 accept
            add rule inet %1$s out ip daddr @cluster4 add @seen4 { ip daddr } counter name leaks reject with icmpx admin-prohibited
            add rule inet %1$s out ip6 daddr @cluster6 add @seen6 { ip6 daddr } counter name leaks reject with icmpx admin-prohibited
            add chain inet %1$s through { type filter hook forward priority filter; policy accept; }
            %3$s
            add rule inet %1$s through oifname "%2$s" counter name forwarded reject with icmpx admin-prohibited
            add rule inet %1$s through iifname "%2$s" counter name forwarded reject with icmpx admin-prohibited
            """
                .formatted(name, device, passing(name, device, shared))),
        name);
  }

  private static String passing(String name, String device, List<String> shared) {
    return shared.isEmpty()
        ? ""
        : """
        add rule inet %1$s through iifname %3$s oifname "%2$s" accept
        add rule inet %1$s through iifname "%2$s" oifname %3$s ct state established,related accept
        """
            .formatted(name, device, SharedTunnel.set(shared));
  }

  /**
   * Guards these prefixes and no others. A single address is not guarded, as no route is longer.
   *
   * @param routed into the tunnel
   * @param leave parts of them that this host routes elsewhere on purpose
   */
  void guard(Collection<Prefix> routed, Collection<Prefix> leave) throws IOException {
    Set<Prefix> wide = outermost(routed.stream().filter(p -> !p.isHost()).toList());
    Set<Prefix> kept = outermost(leave);
    if (!wide.equals(guarded) || !kept.equals(left)) {
      table.run(elements("cluster4", "cluster6", wide) + elements("left4", "left6", kept));
      guarded = wide;
      left = kept;
    }
  }

  private String elements(String v4, String v6, Set<Prefix> prefixes) {
    return elements(v4, prefixes.stream().filter(p -> !p.isIpv6()).toList())
        + elements(v6, prefixes.stream().filter(Prefix::isIpv6).toList());
  }

  private String elements(String set, List<Prefix> prefixes) {
    String flush = "flush set inet %s %s\n".formatted(name, set);
    return prefixes.isEmpty()
        ? flush
        : flush
            + "add element inet %s %s { %s }\n"
                .formatted(
                    name,
                    set,
                    prefixes.stream().map(Prefix::toString).collect(Collectors.joining(", ")));
  }

  /** Sets of intervals take no prefix inside another. */
  private static Set<Prefix> outermost(Collection<Prefix> prefixes) {
    return prefixes.stream()
        .filter(p -> prefixes.stream().noneMatch(o -> !o.equals(p) && o.contains(p)))
        .collect(Collectors.toSet());
  }

  /** Where packets were to go that would have left by another device; 64 of a family at most. */
  Set<InetAddress> seen() throws IOException {
    Set<InetAddress> seen = table.addresses("seen4");
    seen.addAll(table.addresses("seen6"));
    return seen;
  }

  /** How many packets would have left by another device. */
  long leaks() throws IOException {
    return table.count("leaks");
  }

  /** How many packets of others were to be forwarded into the tunnel or out of it. */
  long forwarded() throws IOException {
    return table.count("forwarded");
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
