package dev.teletun.servercluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.route.Link;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForwardingTableTest {
  private static final PodNetwork POD =
      new PodNetwork(
          new Link(2, "eth0", 1450, true, new byte[6], ""),
          List.of(InetAddress.ofLiteral("10.0.2.7"), InetAddress.ofLiteral("fd00::7")),
          List.of(
              Route.through(2, Prefix.parse("10.0.2.0/24")),
              Route.through(2, Prefix.parse("fd00::/64")),
              Route.through(2, Prefix.parse("0.0.0.0/0")).via(InetAddress.ofLiteral("10.0.2.1")),
              Route.through(2, Prefix.parse("::/0")).via(InetAddress.ofLiteral("fe80::1"))));

  @Test
  void givesThePodsAddressesToTheClientAndNeighbourDiscoveryToThePod() {
    assertThat(ForwardingTable.script(POD, "tel0", Set.of(), Set.of(), true).lines())
        .containsSubsequence(
            "chain inbound { type filter hook ingress device \"eth0\" priority 0;",
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept",
            "ip daddr 10.0.2.7 fwd ip to 10.0.2.7 device \"tel0\"",
            "ip6 daddr fd00:0:0:0:0:0:0:7 fwd ip6 to fd00:0:0:0:0:0:0:7 device \"tel0\"",
            "}");
  }

  @Test
  void letsOnlyThePodsSourcesOutNeighboursBeforeTheGateway() {
    assertThat(ForwardingTable.script(POD, "tel0", Set.of(), Set.of(), true).lines())
        .containsSubsequence(
            "chain onward {",
            "ip saddr 10.0.2.7 ip daddr 10.0.2.0/24 fwd ip to ip daddr device \"eth0\"",
            "ip saddr 10.0.2.7 fwd ip to 10.0.2.1 device \"eth0\"",
            "ip6 saddr fd00:0:0:0:0:0:0:7 ip6 daddr fd00::/64 fwd ip6 to ip6 daddr device \"eth0\"",
            "ip6 saddr fd00:0:0:0:0:0:0:7 fwd ip6 to fe80:0:0:0:0:0:0:1 device \"eth0\"",
            "}",
            "chain outbound { type filter hook ingress device \"tel0\" priority 0; policy drop;",
            "goto onward",
            "}");
  }

  @Test
  void letsLinkLocalNameServersBeAskedAndNobodyElseThere() {
    Set<InetAddress> servers =
        Set.of(InetAddress.ofLiteral("169.254.20.10"), InetAddress.ofLiteral("10.96.0.10"));
    assertThat(ForwardingTable.script(POD, "tel0", Set.of(), servers, true))
        .containsSubsequence(
            "chain outbound",
            "ip daddr 169.254.20.10 meta l4proto { tcp, udp } th dport 53 goto onward\n",
            "ip daddr { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16,",
            "goto onward\n}")
        .doesNotContain("10.96.0.10");
  }

  @Test
  void leavesKeptPortsToThePodInBothDirections() {
    assertThat(ForwardingTable.script(POD, "tel0", Set.of(9090, 22), Set.of(), true).lines())
        .containsSubsequence(
            "ip daddr 10.0.2.7 meta l4proto { tcp, udp } th dport { 22, 9090 } accept",
            "ip daddr 10.0.2.7 fwd ip to 10.0.2.7 device \"tel0\"",
            "ip6 daddr fd00:0:0:0:0:0:0:7 meta l4proto { tcp, udp } th dport { 22, 9090 } accept",
            "ip6 daddr fd00:0:0:0:0:0:0:7 fwd ip6 to fd00:0:0:0:0:0:0:7 device \"tel0\"",
            "ip saddr 10.0.2.7 meta l4proto { tcp, udp } th sport { 22, 9090 } drop",
            "ip saddr 10.0.2.7 fwd ip to 10.0.2.1 device \"eth0\"");
  }

  @Test
  void hasNoRulesForPortsWhereNoneIsKept() {
    assertThat(ForwardingTable.script(POD, "tel0", Set.of(), Set.of(), true))
        .doesNotContain("kept", "th dport", "@th");
  }

  @Test
  void diesWithItsProcessWhereTheKernelKnowsHow() {
    assertThat(ForwardingTable.script(POD, "tel0", Set.of(), Set.of(), true))
        .contains("flags owner;");
    assertThat(ForwardingTable.script(POD, "tel0", Set.of(), Set.of(), false))
        .doesNotContain("owner");
  }
}
