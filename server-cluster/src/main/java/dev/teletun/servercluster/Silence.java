package dev.teletun.servercluster;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The nftables script that keeps the pod's own stack from refusing what is the client's: between
 * two server-externals, or two server-clusters, it gets segments of connections that it knows
 * nothing of, and its resets would end them.
 *
 * <p>It also keeps what comes out of the TUN from the pod's stack, behind the table that forwards
 * it: a server-external that has the device goes on writing for a moment when server-cluster dies.
 *
 * <p>This table does not die with its process, because that is when it is needed. Its addresses do,
 * after {@link #LENGTH}, and its hook on the TUN goes with the TUN: from then on it is there and
 * does nothing.
 */
final class Silence {
  /** How long it lasts after the last script. */
  static final Duration LENGTH = Duration.ofSeconds(30);

  /** How often it is to be renewed. */
  static final Duration RENEWAL = Duration.ofSeconds(10);

  /** Name of the table in the family inet. */
  static final String NAME = "teletun-silence";

  private Silence() {}

  /**
   * Commands that replace the table whole, with these addresses silent, in one transaction.
   *
   * @param kept ports whose connections are the pod's own, which may be refused
   * @param tun what the client's packets come out of, where the kernel can hook it in this family
   *     (Linux 5.10)
   */
  static String script(List<InetAddress> addresses, Set<Integer> kept, Optional<String> tun) {
    StringBuilder text = new StringBuilder(removal());
    text.append("table inet %s {\n".formatted(NAME));
    text.append("set p4 { type ipv4_addr; flags timeout; }\n");
    text.append("set p6 { type ipv6_addr; flags timeout; }\n");
    text.append("chain refusals { type filter hook output priority 0;\n");
    if (!kept.isEmpty()) {
      text.append(
          "tcp sport { %s } accept\n"
              .formatted(
                  new TreeSet<>(kept)
                      .stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }
    text.append("ip saddr @p4 tcp flags & rst == rst drop\n");
    text.append("ip6 saddr @p6 tcp flags & rst == rst drop\n");
    text.append("ip saddr @p4 icmp type destination-unreachable drop\n");
    text.append("ip6 saddr @p6 icmpv6 type destination-unreachable drop\n");
    text.append("}\n");
    tun.ifPresent(device ->
        text.append(
            "chain strays { type filter hook ingress device \"%s\" priority 100; policy drop; }\n"
                .formatted(device)));
    return text.append("}\n").append(renewal(addresses)).toString();
  }

  /** Commands after which the table that is there silences these addresses for another time. */
  static String renewal(List<InetAddress> addresses) {
    StringBuilder text = new StringBuilder();
    for (InetAddress address : addresses) {
      String element =
          "element inet %s %s { %s"
              .formatted(
                  NAME, address instanceof Inet4Address ? "p4" : "p6", address.getHostAddress());
      // An element that is there keeps its time, and what is not there cannot be deleted.
      text.append("add %s }\n".formatted(element));
      text.append("delete %s }\n".formatted(element));
      text.append("add %s timeout %ds }\n".formatted(element, LENGTH.toSeconds()));
    }
    return text.toString();
  }

  /** Commands that remove the table, if there is one. */
  static String removal() {
    return "add table inet %s\ndelete table inet %s\n".formatted(NAME, NAME);
  }
}
