package dev.teletun.client.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutePlanTest {
  private static final InetAddress ENDPOINT = Addresses.parse("203.0.113.9");
  private static final List<InterfaceAddress> LAN =
      List.of(new InterfaceAddress(2, Addresses.parse("192.168.7.20"), 24));

  @Test
  void routesTheClustersNameServersWhereNoPrefixHoldsThem() {
    RoutePlan plan = choose(List.of(Prefix.parse("10.96.0.0/16")), "10.96.0.10", "10.244.0.3");

    assertThat(plan.prefixes())
        .containsExactly(Prefix.parse("10.96.0.0/16"), Prefix.parse("10.244.0.3/32"));
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void refusesANameServerInTheHostsOwnNetwork() {
    RoutePlan plan = choose(List.of(), "192.168.7.1");

    assertThat(plan.prefixes()).isEmpty();
    assertThat(plan.warnings()).singleElement().asString().contains("192.168.7.1");
  }

  @Test
  void refusesTheEndpointItselfAsNameServer() {
    assertThat(choose(List.of(), "203.0.113.9").prefixes()).isEmpty();
  }

  @Test
  void findsPrefixesThatWouldRunTheTunnelThroughItself() {
    List<Prefix> asked = List.of(Prefix.parse("203.0.0.0/8"), Prefix.parse("10.0.0.0/8"));

    assertThat(RoutePlan.looping(asked, ENDPOINT)).containsExactly(Prefix.parse("203.0.0.0/8"));
  }

  private static RoutePlan choose(List<Prefix> asked, String... nameServers) {
    List<InetAddress> servers = List.of(nameServers).stream().map(Addresses::parse).toList();
    return RoutePlan.choose(asked, servers, LAN, List.<Route>of(), ENDPOINT);
  }
}
