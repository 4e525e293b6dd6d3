package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.BaseChain;
import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.OwnTable;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Gives what containers and VMs send into the tunnel the pod's address, and sees whether a rule of
 * somebody else, such as Docker's, keeps it from getting there. One thread at a time.
 */
final class SharedTunnel implements Closeable {
  private final OwnTable table;
  private final String device;
  private final List<String> shared;
  private final long[] lost = new long[2];

  private SharedTunnel(OwnTable table, String device, List<String> shared) {
    this.table = table;
    this.device = device;
    this.shared = List.copyOf(shared);
  }

  static SharedTunnel open(String device, List<String> shared) throws IOException {
    String name = "teletun-share-" + device;
    OwnTable table = OwnTable.open(new NftTable("inet", name), rules(name, device, shared));
    return new SharedTunnel(table, device, shared);
  }

  /** The names as nft writes a set. */
  static String set(List<String> names) {
    return names.stream().map("\"%s\""::formatted).collect(Collectors.joining(", ", "{ ", " }"));
  }

  static String rules(String name, String device, List<String> shared) {
    String begins = "iifname %s oifname \"%s\" ct state new".formatted(set(shared), device);
    StringBuilder rules =
        new StringBuilder(
            """
            add chain inet %1$s first { type filter hook forward priority -500; policy accept; }
            add chain inet %1$s last { type filter hook forward priority 2147483646; policy accept; }
            add chain inet %1$s source { type nat hook postrouting priority 90; policy accept; }
            add rule inet %1$s source oifname "%2$s" fib saddr type != local masquerade
            """
                .formatted(name, device));
    for (String family : List.of("ipv4", "ipv6")) {
      rules.append(
          """
          add counter inet %1$s tried-%2$s
          add counter inet %1$s passed-%2$s
          add rule inet %1$s first meta nfproto %2$s %3$s counter name tried-%2$s
          add rule inet %1$s last meta nfproto %2$s %3$s counter name passed-%2$s
          """
              .formatted(name, family, begins));
    }
    return rules.toString();
  }

  /** What has lost packets of theirs since the last time. */
  List<Obstacle> look() throws IOException {
    List<Obstacle> obstacles = new ArrayList<>();
    Map<String, Long> counts = table.counts();
    for (boolean ipv6 : new boolean[] {false, true}) {
      String family = ipv6 ? "ipv6" : "ipv4";
      long now =
          counts.getOrDefault("tried-" + family, 0L) - counts.getOrDefault("passed-" + family, 0L);
      int of = ipv6 ? 1 : 0;
      if (now > lost[of]) {
        obstacle(ipv6).ifPresent(obstacles::add);
      }
      lost[of] = now;
    }
    return obstacles;
  }

  /** A chain that drops by policy, as Docker's does, rather than one that may have a rule. */
  private Optional<Obstacle> obstacle(boolean ipv6) throws IOException {
    Optional<BaseChain> chain =
        table.baseChains().stream()
            .filter(c -> c.hook().equals("forward") && c.sees(ipv6))
            .filter(c -> !c.table().looksLikeOurs())
            .min(Comparator.comparing(c -> !c.drops()));
    return chain.isEmpty() ? Optional.empty() : Optional.of(obstacle(chain.get()));
  }

  private Obstacle obstacle(BaseChain chain) throws IOException {
    String from = shared.getFirst();
    NftTable where = chain.table();
    if (where.name().equals("firewalld")) {
      return obstacle(
          "firewalld",
          "sudo firewall-cmd --zone=trusted --add-interface=%s --add-interface=%s"
              .formatted(from, device));
    }
    if (table.hasChain(where, "ufw-before-forward")
        || table.hasChain(where, "ufw6-before-forward")) {
      return obstacle("ufw", "sudo ufw route allow in on %s out on %s".formatted(from, device));
    }
    if (where.toString().matches("ip6? filter")) {
      String program = where.family().equals("ip6") ? "ip6tables" : "iptables";
      String first = table.hasChain(where, "DOCKER-USER") ? "DOCKER-USER" : chain.name();
      return obstacle(
          "%s of %s".formatted(chain, program),
          "sudo %1$s -I %2$s -i %3$s -o %4$s -j ACCEPT; sudo %1$s -I %2$s -i %4$s -o %3$s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
              .formatted(program, first, from, device));
    }
    return obstacle(
        "nftables, " + chain,
        "sudo nft insert rule %1$s %2$s iifname %3$s oifname %4$s accept; sudo nft insert rule %1$s %2$s iifname %4$s oifname %3$s ct state established,related accept"
            .formatted(where, chain.name(), from, device));
  }

  private Obstacle obstacle(String by, String remedy) {
    return new Obstacle(String.join(", ", shared), by, remedy);
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
