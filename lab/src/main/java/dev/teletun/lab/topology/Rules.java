package dev.teletun.lab.topology;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What the router's NAT and the node's kube-proxy do, as nftables rules. */
final class Rules {
  private static final String ROUTER =
      """
      table inet lab {
        chain postrouting {
          type nat hook postrouting priority srcnat
          oifname "wan0" masquerade
        }
        chain forward {
          type filter hook forward priority filter
          iifname "lan0" ip daddr { @PODS4, @SERVICES4 } reject with icmpx admin-prohibited
          iifname "lan0" ip6 daddr { @PODS6, @SERVICES6 } reject with icmpx admin-prohibited
        }
      }
      """;

  /** Mark 0x4000 says "masquerade", as with kube-proxy. */
  private static final String NODE =
      """
      table inet kube {
        chain services {
          ip daddr @DNS4 udp dport 53 dnat ip to @PODDNS4
          ip daddr @DNS4 tcp dport 53 dnat ip to @PODDNS4
          ip6 daddr @DNS6 udp dport 53 dnat ip6 to @PODDNS6
          ip6 daddr @DNS6 tcp dport 53 dnat ip6 to @PODDNS6
          ip daddr { @WEB4, @FAR4 } tcp dport 80 dnat ip to numgen inc mod 2 map { 0 : @PODWEB4, 1 : @PODWEBB4 }
          ip6 daddr { @WEB6, @FAR6 } tcp dport 80 dnat ip6 to numgen inc mod 2 map { 0 : @PODWEB6, 1 : @PODWEBB6 }
          ip daddr @ECHO4 meta l4proto { tcp, udp } th dport { @ECHOPORTS } dnat ip to @PODECHO4
          ip6 daddr @ECHO6 meta l4proto { tcp, udp } th dport { @ECHOPORTS } dnat ip6 to @PODECHO6
          fib daddr type local meta l4proto { tcp, udp } th dport @NODEPORT jump nodeport
        }
        chain nodeport {
          meta mark set meta mark or 0x4000
          meta nfproto ipv4 meta l4proto { tcp, udp } dnat ip to @PODEXT4:@EXTPORT
          meta nfproto ipv6 meta l4proto { tcp, udp } dnat ip6 to [@PODEXT6]:@EXTPORT
        }
        chain prerouting {
          type nat hook prerouting priority dstnat
          jump services
        }
        chain output {
          type nat hook output priority -100
          jump services
        }
        chain postrouting {
          type nat hook postrouting priority srcnat
          meta mark and 0x4000 == 0x4000 masquerade
          ip saddr @PODS4 oifname "eth0" masquerade
          ip6 saddr @PODS6 oifname "eth0" masquerade
          @HAIRPIN
        }
        chain forward {
          type filter hook forward priority filter
          ip daddr @SERVICES4 reject comment "no such service"
          ip6 daddr @SERVICES6 reject comment "no such service"
        }
      }
      """;

  /**
   * Without br_netfilter the answer of a pod to a pod crosses the bridge unseen, so that it must be
   * addressed to the node; the pod then sees the node as its client.
   */
  private static final String HAIRPIN =
      """
      ip saddr @PODS4 ip daddr @PODS4 ct status dnat masquerade
          ip6 saddr @PODS6 ip6 daddr @PODS6 ct status dnat masquerade\
      """;

  /** What stands in the rules for an address, with 4 or 6 behind it. */
  private static final Map<String, DualStack> ADDRESSES =
      Map.ofEntries(
          Map.entry("PODS", LabNet.PODS),
          Map.entry("SERVICES", LabNet.SERVICES),
          Map.entry("DNS", LabNet.DNS_SERVICE),
          Map.entry("WEB", LabNet.WEB_SERVICE),
          Map.entry("FAR", LabNet.FAR_SERVICE),
          Map.entry("ECHO", LabNet.ECHO_SERVICE),
          Map.entry("PODDNS", LabNet.POD_DNS),
          Map.entry("PODWEB", LabNet.POD_WEB),
          Map.entry("PODWEBB", LabNet.POD_WEB2),
          Map.entry("PODECHO", LabNet.POD_ECHO),
          Map.entry("PODEXT", LabNet.POD_EXTERNAL));

  private Rules() {}

  /**
   * Applies them.
   *
   * @return whether services see the address of a pod that asks; else they see the node's
   */
  static boolean apply(Host router, Host node, boolean bridgeFilter) throws IOException {
    router.runWithInput(filled(ROUTER), "nft", "-f", "-").orThrow();
    boolean bridgeSeen = switchBridgeFilter(node, bridgeFilter);
    boolean seen = bridgeFilter && bridgeSeen;
    String rules = NODE.replace("@HAIRPIN", seen ? "" : HAIRPIN);
    node.runWithInput(filled(rules), "nft", "-f", "-").orThrow();
    return seen;
  }

  /** Answers false where br_netfilter is not loaded. The switches are the namespace's own. */
  private static boolean switchBridgeFilter(Host node, boolean on) throws IOException {
    boolean done = true;
    for (String family : List.of("iptables", "ip6tables")) {
      String file = "/proc/sys/net/bridge/bridge-nf-call-" + family;
      done &= node.shell("echo %d >%s".formatted(on ? 1 : 0, file)).ok();
    }
    return done;
  }

  private static String filled(String rules) {
    String filled =
        rules
            .replace("@ECHOPORTS", LabNet.ECHO_PORT + ", " + LabNet.IPERF_PORT)
            .replace("@NODEPORT", Integer.toString(LabNet.NODE_PORT))
            .replace("@EXTPORT", Integer.toString(LabNet.EXTERNAL_PORT));
    for (var address : ADDRESSES.entrySet()) {
      filled =
          filled
              .replace("@" + address.getKey() + "4", address.getValue().v4())
              .replace("@" + address.getKey() + "6", address.getValue().v6());
    }
    return filled;
  }
}
