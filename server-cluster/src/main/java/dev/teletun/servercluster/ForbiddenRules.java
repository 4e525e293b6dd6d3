package dev.teletun.servercluster;

import static java.util.stream.Collectors.joining;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Set;

/**
 * The rules of {@link ForwardingTable} that keep the client from whom it may not reach: what {@link
 * dev.teletun.protocol.filter.InnerFilter} refuses of each frame, also for whoever writes to the
 * device itself.
 */
final class ForbiddenRules {
  private static final String V4 =
      "0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/4, 255.255.255.255";

  /** Also IPv4 in disguise, and the metadata services of AWS and Google Cloud. */
  private static final String V6 =
      """
      ::/96, ::ffff:0:0/96, fe80::/10, ff00::/8, fd00:ec2::254, fd20:ce::254, \
      64:ff9b::/104, 64:ff9b::7f00:0/104, 64:ff9b::a9fe:0/112, 64:ff9b::e000:0/100, 64:ff9b::ffff:ffff\
      """;

  private ForbiddenRules() {}

  /**
   * Rules that drop what is forbidden.
   *
   * @param nameServers of the pod; their port 53 may be asked where they are link-local
   * @param allowed the chain that what may be asked goes on to
   */
  static String before(String allowed, Set<InetAddress> nameServers) {
    String queries =
        nameServers.stream()
            .filter(InetAddress::isLinkLocalAddress)
            .map(server -> query(server, allowed))
            .sorted()
            .collect(joining());
    return """
    ip option lsrr exists drop
    ip option ssrr exists drop
    rt seg-left != 0 drop
    %sip daddr { %s } drop
    ip6 daddr { %s } drop
    """
        .formatted(queries, V4, V6);
  }

  private static String query(InetAddress server, String allowed) {
    String ip = server instanceof Inet4Address ? "ip" : "ip6";
    return "%s daddr %s meta l4proto { tcp, udp } th dport 53 goto %s\n"
        .formatted(ip, ForwardingTable.withoutZone(server.getHostAddress()), allowed);
  }
}
