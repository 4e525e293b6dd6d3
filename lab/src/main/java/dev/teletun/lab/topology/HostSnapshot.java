package dev.teletun.lab.topology;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a VPN client may change on a host, as text in named parts: links, addresses, routes of
 * all tables, rules, nftables, sysctls of the network, {@code /etc/resolv.conf} and the files of
 * who manages it with type, mode, owner and content, directories of ours. Counters and ages are
 * left out, so that an unchanged host gives an equal value.
 */
public record HostSnapshot(Map<String, List<String>> parts) {
  private static final String PART = "#part ";

  /** conntrack's second source is who answers. A flow's age is left out. */
  private static final String FLOWS =
      """
      command -v conntrack >/dev/null || { echo 'conntrack is missing' >&2; exit 1; }
      for family in ipv4 ipv6; do
        for protocol in udp tcp; do
          conntrack -L -f $family -p $protocol --orig-port-dst 53 2>/dev/null
        done
      done | grep -oE 'src=.* dport=53 .*src=(127[.0-9]+|::1) dst=[^ ]+ sport=[0-9]+'
      true
      """;

  /** What {@code host} is like now. */
  public static HostSnapshot of(Host host) throws IOException {
    Run run = host.shell(Scripts.text("snapshot.sh")); // one shell: tests take hundreds
    String text = run.orThrow();
    if (!run.stderr().isBlank()) {
      throw new IOException("cannot look at %s: %s".formatted(host, run.stderr().strip()));
    }
    return parse(text);
  }

  /**
   * The flows to port 53 of others that the kernel's connection tracking brings to a port of {@code
   * host}: none before and after a client. No part of the snapshot, because they go by themselves.
   * Needs conntrack(8).
   */
  public static List<String> flowsToStub(Host host) throws IOException {
    return host.shell(FLOWS).orThrow().lines().toList();
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
