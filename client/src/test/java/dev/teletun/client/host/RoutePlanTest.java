package dev.teletun.client.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePlanTest {
  private static final InetAddress ENDPOINT = Addresses.parse("203.0.113.9");
  private static final InetAddress COMPANY_DNS = Addresses.parse("10.8.0.1");
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
  void leavesTheHostsOwnNameServerWhereItIs() {
    assertThat(choose(List.of(), "10.8.0.1").prefixes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "2001:4860:4860::8888", "172.32.0.1", "100.128.0.1"})
  void routesAPublicNameServerOnlyIfTheUserSaysSo(String server) {
    RoutePlan plan = choose(List.of(), server);

    assertThat(plan.prefixes()).isEmpty();
    assertThat(plan.warnings()).singleElement().asString().contains("-route=");
    Prefix said = Prefix.host(Addresses.parse(server));
    assertThat(choose(List.of(said), server).prefixes()).containsExactly(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"100.64.0.10", "fd00:10:96::a", "169.254.20.10", "172.20.0.10"})
  void routesANameServerOfAClusterByItself(String server) {
    assertThat(choose(List.of(), server).prefixes()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.168.7.1", "192.168.7.99", "203.0.113.9", "10.8.0.1", "10.99.0.1"})
  void refusesToBecomeWhatThisHostNeeds(String pod) {
    assertThat(notToBeTaken(pod)).contains(Addresses.parse(pod));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.244.0.3", "10.42.0.7", "fd00:10:244::3"})
  void becomesAPodEvenOneOfABridgeOnThisHost(String pod) {
    assertThat(notToBeTaken(pod)).isEmpty();
  }

  private static Optional<InetAddress> notToBeTaken(String pod) {
    List<InterfaceAddress> addresses =
        List.of(LAN.getFirst(), new InterfaceAddress(7, Addresses.parse("10.42.0.1"), 24));
    List<Route> routes =
        List.of(
            Route.through(2, Prefix.parse("0.0.0.0/0")).via(Addresses.parse("192.168.7.1")),
            Route.through(3, Prefix.parse("10.50.0.0/16")).via(Addresses.parse("10.99.0.1")),
            Route.through(7, Prefix.parse("10.42.0.0/24")));
    return RoutePlan.notToBeTaken(
        List.of(Addresses.parse(pod)), addresses, routes, Set.of(ENDPOINT, COMPANY_DNS));
  }

  @Test
  void readsTheHostsNameServersFromWhatThereIs(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("resolv.conf"), "nameserver 10.8.0.1\n");

    assertThat(HostNameServers.read(List.of(file, directory.resolve("none"))))
        .containsExactly(COMPANY_DNS);
  }

  @Test
  void findsPrefixesThatWouldRunTheTunnelThroughItself() {
    List<Prefix> asked = List.of(Prefix.parse("203.0.0.0/8"), Prefix.parse("10.0.0.0/8"));

    assertThat(RoutePlan.looping(asked, ENDPOINT)).containsExactly(Prefix.parse("203.0.0.0/8"));
  }

  private static RoutePlan choose(List<Prefix> asked, String... nameServers) {
    List<InetAddress> servers = List.of(nameServers).stream().map(Addresses::parse).toList();
    return RoutePlan.choose(asked, servers, LAN, List.<Route>of(), Set.of(ENDPOINT, COMPANY_DNS));
  }
}
