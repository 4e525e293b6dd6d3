package dev.teletun.linux.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A chain that the kernel hands packets to.
 *
 * @param hook prerouting, input, forward, output, postrouting, ingress or egress
 * @param priority smaller ones see a packet first
 * @param drops whether it drops what none of its rules decides about
 */
public record BaseChain(NftTable table, String name, String hook, int priority, boolean drops) {
  private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{");
  private static final Pattern CHAIN = Pattern.compile("\\s+chain (\\S+) \\{");
  private static final Pattern HOOK =
      Pattern.compile(
          "\\s+type \\S+ hook (\\S+) (?:devices? .*)?priority (-?\\d+); policy (\\S+);.*");

  /** Reads what {@code nft -y list chains} prints. */
  static List<BaseChain> of(String listing) {
    List<BaseChain> chains = new ArrayList<>();
    NftTable table = new NftTable("", "");
    String name = "";
    for (String line : listing.lines().toList()) {
      Matcher opening = TABLE.matcher(line);
      Matcher chain = CHAIN.matcher(line);
      Matcher hook = HOOK.matcher(line);
      if (opening.matches()) {
        table = new NftTable(opening.group(1), opening.group(2));
      } else if (chain.matches()) {
        name = chain.group(1);
      } else if (hook.matches()) {
        chains.add(
            new BaseChain(
                table,
                name,
                hook.group(1),
                Integer.parseInt(hook.group(2)),
                hook.group(3).equals("drop")));
      }
    }
    return chains;
  }

  /** True if packets of this IP version come to it. */
  public boolean sees(boolean ipv6) {
    return table.family().equals("inet") || table.family().equals(ipv6 ? "ip6" : "ip");
  }

  /** For people: {@code chain INPUT of table ip filter}. */
  @Override
  public String toString() {
    return "chain %s of table %s".formatted(name, table);
  }
}
