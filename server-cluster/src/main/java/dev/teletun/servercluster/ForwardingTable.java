package dev.teletun.servercluster;

import dev.teletun.linux.route.Route;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Set;

/**
 * The nftables script that makes the pod's address the client's: packets for P go from the pod's
 * interface into the TUN, packets from P go from the TUN to the next hop, both below the IP stack.
 *
 * <p>Neighbour discovery stays the pod's own, so that the node still finds P. Outbound packets with
 * another source than P, or to whom no client may reach, are dropped here, in the kernel.
 */
final class ForwardingTable {

  /** Name of the table in the family netdev; cleanup finds it by this. */
  static final String NAME = "teletun";

  private ForwardingTable() {}

  /**
   * Commands that replace the table whole, in one transaction.
   *
   * @param nameServers of the pod
   * @param owner whether the kernel knows tables that die with their process (Linux 5.12)
   */
  static String script(
      PodNetwork pod,
      String tun,
      Set<Integer> keepPorts,
      Set<InetAddress> nameServers,
      boolean owner) {
    StringBuilder text = new StringBuilder();
    text.append("add table netdev %s%s\n".formatted(NAME, owner ? " { flags owner; }" : ""));
    text.append("delete table netdev %s\n".formatted(NAME));
    text.append("table netdev %s {\n".formatted(NAME));
    if (owner) {
      text.append("flags owner;\n");
    }
    KeptPorts kept = new KeptPorts(keepPorts);
    text.append(kept.sets());
    inbound(text, pod, tun, kept);
    onward(text, pod, kept);
    text.append(
        "chain outbound { type filter hook ingress device \"%s\" priority 0; policy drop;\n"
            .formatted(tun));
    text.append(ForbiddenRules.before("onward", nameServers));
    text.append("goto onward\n}\n");
    return text.append("}\n").toString();
  }

  /** Commands that remove the table. */
  static String removal() {
    return "delete table netdev %s\n".formatted(NAME);
  }

  private static void inbound(StringBuilder text, PodNetwork pod, String tun, KeptPorts kept) {
    text.append(
        "chain inbound { type filter hook ingress device \"%s\" priority 0;\n"
            .formatted(pod.link().name()));
    text.append(
        "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept\n");
    for (InetAddress p : pod.addresses()) {
      String ip = family(p);
      text.append(kept.inbound(p));
      text.append(
          "%s daddr %s fwd %s to %s device \"%s\"\n"
              .formatted(ip, p.getHostAddress(), ip, p.getHostAddress(), tun));
    }
    text.append("}\n");
  }

  private static void onward(StringBuilder text, PodNetwork pod, KeptPorts kept) {
    text.append("chain onward {\n");
    for (InetAddress p : pod.addresses()) {
      text.append(kept.outbound(p));
      for (Route route : pod.routes()) {
        if (route.destination().isIpv6() != p instanceof Inet4Address) {
          text.append(forward(p, route, pod.link().name()));
        }
      }
    }
    text.append("}\n");
  }

  private static String forward(InetAddress p, Route route, String device) {
    String ip = family(p);
    String destination =
        route.destination().length() == 0 ? "" : "%s daddr %s ".formatted(ip, route.destination());
    String nextHop = route.gateway().map(InetAddress::getHostAddress).orElse(ip + " daddr");
    return "%s saddr %s %sfwd %s to %s device \"%s\"\n"
        .formatted(ip, p.getHostAddress(), destination, ip, withoutZone(nextHop), device);
  }

  static String withoutZone(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }

  private static String family(InetAddress address) {
    return address instanceof Inet4Address ? "ip" : "ip6";
  }
}
