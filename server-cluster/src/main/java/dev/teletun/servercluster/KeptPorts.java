package dev.teletun.servercluster;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The rules of {@link ForwardingTable} that leave TCP and UDP ports of the pod's address to the
 * pod: with every fragment, and with the ICMP errors that answer what the pod sent from them, such
 * as packet-too-big. Without ports there are none.
 */
final class KeptPorts {
  // A fragment after the first has no ports; what the first one was is remembered for as long as
  // the others may be under way behind it.
  private static final String FRAGMENTS =
      """
      set kept4 { typeof ip saddr . ip id; flags dynamic,timeout; timeout 5s; size 1024; }
      set kept6 { typeof ip6 saddr . frag id; flags dynamic,timeout; timeout 5s; size 1024; }
      """;
  private static final String OURS4 =
      """
      ip daddr %1$s ip frag-off & 0x3fff == 0x2000 udp dport { %2$s } update @kept4 { ip saddr . ip id } accept
      ip daddr %1$s ip frag-off & 0x1fff != 0 ip saddr . ip id @kept4 accept
      """;
  private static final String OURS6 =
      """
      ip6 daddr %1$s frag frag-off 0 frag more-fragments 1 udp dport { %2$s } update @kept6 { ip6 saddr . frag id } accept
      ip6 daddr %1$s frag frag-off != 0 ip6 saddr . frag id @kept6 accept
      """;
  // What an error quotes begins 8 bytes into ICMP: version, protocol and source port of a packet
  // that this pod has sent.
  private static final String ERRORS4 =
      """
      ip daddr %1$s icmp type { destination-unreachable, time-exceeded, parameter-problem } @th,64,8 0x45 @th,136,8 { 6, 17 } @th,224,16 { %2$s } accept
      """;
  private static final String ERRORS6 =
      """
      ip6 daddr %1$s icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } @th,112,8 { 6, 17 } @th,384,16 { %2$s } accept
      """;

  private final String ports;

  KeptPorts(Set<Integer> ports) {
    this.ports =
        new TreeSet<>(ports).stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** What stands in the table beside its chains. */
  String sets() {
    return ports.isEmpty() ? "" : FRAGMENTS;
  }

  /** Rules for packets to {@code p}, before the one that gives them to the client. */
  String inbound(InetAddress p) {
    if (ports.isEmpty()) {
      return "";
    }
    boolean four = p instanceof Inet4Address;
    String all =
        "%s daddr %%1$s meta l4proto { tcp, udp } th dport { %%2$s } accept\n"
            .formatted(four ? "ip" : "ip6");
    return ((four ? OURS4 : OURS6) + all + (four ? ERRORS4 : ERRORS6))
        .formatted(p.getHostAddress(), ports);
  }

  /** Rules for packets from {@code p} out of the tunnel: the client has no part in these ports. */
  String outbound(InetAddress p) {
    return ports.isEmpty()
        ? ""
        : "%s saddr %s meta l4proto { tcp, udp } th sport { %s } drop\n"
            .formatted(p instanceof Inet4Address ? "ip" : "ip6", p.getHostAddress(), ports);
  }
}
