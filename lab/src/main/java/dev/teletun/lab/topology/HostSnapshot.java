package dev.teletun.lab.topology;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a VPN client may change on a host, as text in named parts: links, addresses, routes of
 * all tables, rules, nftables, the sysctls that matter, {@code /etc/resolv.conf} with its type,
 * mode and owner. Counters and ages are left out, so that an unchanged host gives an equal value.
 */
public record HostSnapshot(Map<String, List<String>> parts) {
  private static final String PART = "#part ";

  /** One shell for all of it, because tests take hundreds. */
  private static final String SCRIPT =
      """
      part() { echo "#part $1"; }
      part links; ip -o link | sed 's/^[0-9]*: //; s/qlen [0-9]*//'
      part addresses; ip -o addr | sed 's/^[0-9]*: //; s/valid_lft [0-9]*sec/valid_lft/g; s/preferred_lft [0-9]*sec/preferred_lft/'
      part 'routes IPv4'; ip -4 route show table all
      part 'routes IPv6'; ip -6 route show table all | sed 's/ expires [0-9]*sec//'
      part 'rules IPv4'; ip -4 rule
      part 'rules IPv6'; ip -6 rule
      part nftables; nft --stateless list ruleset
      part sysctls
      grep -H . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv[46]/conf/*/*forwarding \
          /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv6/conf/*/disable_ipv6
      part 'resolv.conf file'; stat -c '%F, mode %a, owner %u:%g, link %N' /etc/resolv.conf
      part resolv.conf; cat /etc/resolv.conf
      part 'files of /etc'; ls -1A /etc | grep -i resolv
      true
      """;

  /** What {@code host} is like now. */
  public static HostSnapshot of(Host host) throws IOException {
    Run run = host.shell(SCRIPT);
    String text = run.orThrow();
    if (!run.stderr().isBlank()) {
      throw new IOException("cannot look at %s: %s".formatted(host, run.stderr().strip()));
    }
    return parse(text);
  }

  static HostSnapshot parse(String text) {
    Map<String, List<String>> parts = new LinkedHashMap<>();
    List<String> part = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith(PART)) {
        part = new ArrayList<>();
        parts.put(line.substring(PART.length()), part);
      } else {
        part.add(line.stripTrailing());
      }
    }
    return new HostSnapshot(parts);
  }

  /**
   * What is different in {@code later}, a line each: {@code part: - what was} or {@code part: +
   * what is now}. Order within a part does not count. Empty if nothing changed.
   */
  public List<String> differences(HostSnapshot later) {
    List<String> differences = new ArrayList<>();
    for (var part : parts.entrySet()) {
      List<String> now = later.parts.getOrDefault(part.getKey(), List.of());
      for (String gone : without(part.getValue(), now)) {
        differences.add("%s: - %s".formatted(part.getKey(), gone));
      }
      for (String added : without(now, part.getValue())) {
        differences.add("%s: + %s".formatted(part.getKey(), added));
      }
    }
    return differences;
  }

  private static List<String> without(List<String> lines, List<String> others) {
    List<String> left = new ArrayList<>(lines);
    others.forEach(left::remove); // one for one: lines may be there twice
    return left;
  }
}
