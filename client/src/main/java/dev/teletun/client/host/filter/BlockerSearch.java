package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.BaseChain;
import dev.teletun.linux.nft.OwnTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds who drops a packet on its way in: sends it once more past chains of ours in front of and
 * behind everybody else's, and sees which of them is the last to count it.
 */
final class BlockerSearch {
  private static final List<String> WAY_IN = List.of("prerouting", "input");
  private static final int LAST = Integer.MAX_VALUE;

  private final OwnTable table;
  private final String name;
  private final String device;
  private int changes;

  /** Chains of one hook and priority. */
  private record Station(String hook, int priority, List<BaseChain> chains) {}

  BlockerSearch(OwnTable table, String name, String device) {
    this.table = table;
    this.name = name;
    this.device = device;
  }

  /**
   * Looks for it.
   *
   * @param condition of an nftables rule that only {@code packet} meets
   */
  Blocker find(boolean ipv6, String condition, byte[] packet, HostFilter.Injection into)
      throws IOException {
    List<BaseChain> everybodys = table.baseChains();
    List<Station> stations = stations(ipv6, everybodys);
    String rule = "iifname \"%s\" %s".formatted(device, condition);
    StringBuilder checkpoints = new StringBuilder();
    StringBuilder removal = new StringBuilder();
    for (int i = 0; i < stations.size(); i++) {
      Station at = stations.get(i);
      // Of two chains of one priority the younger is in front.
      checkpoint(checkpoints, removal, "before" + i, at.hook(), at.priority(), rule);
      checkpoint(checkpoints, removal, "behind" + i, at.hook(), at.priority() + 1, rule);
    }
    change(checkpoints);
    try {
      into.put(packet);
      Waiting.pause(50);
      return judge(ipv6, stations, table.counts());
    } finally {
      change(removal);
    }
  }

  /** How many transactions of nftables it took. */
  int changes() {
    return changes;
  }

  private void change(StringBuilder commands) throws IOException {
    if (!commands.isEmpty()) {
      table.run(commands.toString());
      changes++;
    }
  }

  private void checkpoint(
      StringBuilder add, StringBuilder remove, String as, String hook, int priority, String rule) {
    add.append(
        """
        add counter inet %1$s %2$s
        add chain inet %1$s %2$s { type filter hook %3$s priority %4$d; policy accept; }
        add rule inet %1$s %2$s %5$s counter name %2$s
        """
            .formatted(name, as, hook, priority, rule));
    remove.append(
        """
        flush chain inet %1$s %2$s
        delete chain inet %1$s %2$s
        delete counter inet %1$s %2$s
        """
            .formatted(name, as));
  }

  private static List<Station> stations(boolean ipv6, List<BaseChain> chains) {
    List<Station> stations = new ArrayList<>();
    for (String hook : WAY_IN) {
      List<BaseChain> here =
          chains.stream()
              .filter(c -> c.hook().equals(hook) && c.sees(ipv6))
              .filter(c -> !c.table().looksLikeOurs() && c.priority() < LAST - 1)
              .sorted(Comparator.comparing(c -> !c.drops()))
              .toList();
      for (int priority :
          here.stream().mapToInt(BaseChain::priority).distinct().sorted().toArray()) {
        stations.add(
            new Station(
                hook, priority, here.stream().filter(c -> c.priority() == priority).toList()));
      }
    }
    return stations;
  }

  private Blocker judge(boolean ipv6, List<Station> stations, Map<String, Long> counts)
      throws IOException {
    for (int i = 0; i < stations.size(); i++) {
      if (counts.getOrDefault("before" + i, 0L) == 0) {
        return unlisted(ipv6);
      }
      if (counts.getOrDefault("behind" + i, 0L) == 0) {
        return of(stations.get(i));
      }
    }
    return unlisted(ipv6);
  }

  private Blocker of(Station station) throws IOException {
    List<BaseChain> chains = station.chains();
    if (chains.stream().anyMatch(c -> c.table().name().equals("firewalld"))) {
      return new Blocker.Firewalld();
    }
    for (BaseChain chain : chains) {
      if (chain.table().name().equals("filter")
          && (table.hasChain(chain.table(), "ufw-before-input")
              || table.hasChain(chain.table(), "ufw6-before-input"))) {
        return new Blocker.Ufw();
      }
    }
    return new Blocker.Chains(chains);
  }

  /** What iptables-legacy has is in no list of nftables. */
  private static Blocker unlisted(boolean ipv6) throws IOException {
    Path names = Path.of("/proc/net/" + (ipv6 ? "ip6" : "ip") + "_tables_names");
    if (Files.isReadable(names)) {
      try (Stream<String> tables = Files.lines(names)) {
        if (tables.anyMatch("filter"::equals)) {
          return new Blocker.LegacyIptables(ipv6);
        }
      }
    }
    return new Blocker.Unknown("something that no list of nftables shows");
  }
}
