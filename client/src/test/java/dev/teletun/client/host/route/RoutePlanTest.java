package dev.teletun.client.host.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePlanTest {
  private static final InetAddress ENDPOINT = Addresses.parse("203.0.113.9");
  private static final InetAddress API = Addresses.parse("10.100.0.1");
  private static final InetAddress COMPANY_DNS = Addresses.parse("10.8.0.1");
  private static final Map<InetAddress, Role> NEEDED =
      Map.of(ENDPOINT, Role.SERVER, API, Role.API_SERVER, COMPANY_DNS, Role.NAME_SERVER);
  private static final List<InterfaceAddress> LAN =
      List.of(new InterfaceAddress(2, Addresses.parse("192.168.7.20"), 24));

  @ParameterizedTest
  @CsvSource({
    "10.96.0.0, true",
    "10.96.255.255, true",
    "10.97.0.0, false",
    "10.98.0.1, true",
    "10.98.0.2, false",
    "fd00::1, true",
    "fd01::1, false"
  })
  void saysWhatItCovers(String address, boolean covered) {
    RoutePlan plan =
        new RoutePlan(
            Map.of(
                Prefix.parse("10.96.0.0/16"), "",
                Prefix.parse("10.98.0.1/32"), "",
                Prefix.parse("fd00::/64"), ""),
            List.of(),
            List.of(),
            false,
            Set.of(),
            Map.of());

    assertThat(plan.covers(Addresses.parse(address))).isEqualTo(covered);
  }

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
        List.of(Addresses.parse(pod)),
        new HostNetwork(
            addresses, routes, Map.of(ENDPOINT, Role.SERVER, COMPANY_DNS, Role.NAME_SERVER)));
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

  @Test
  void routesWhatWasLearnedAroundWhatTheTunnelRunsTo() {
    RoutePlan plan = learned(RouteMode.AUTO, List.of(), List.of("10.64.0.0/10"), List.of());

    assertThat(plan.prefixes()).noneMatch(p -> p.contains(API)).hasSize(22);
    assertThat(plan.prefixes()).anyMatch(p -> p.contains(Addresses.parse("10.96.0.1")));
  }

  @ParameterizedTest
  @CsvSource({
    "10.96.1.53, NAME_SERVER, a name server",
    "10.96.1.67, DHCP_SERVER, the DHCP server",
    "10.96.1.22, SSH_PEER, by ssh"
  })
  void leavesOutWhatThisHostNeedsAndSaysWhy(String address, Role role, String why) {
    InetAddress needed = Addresses.parse(address);
    HostNetwork host = new HostNetwork(LAN, List.of(), Map.of(needed, role));
    for (RouteWish wish :
        List.of(
            wish(List.of("10.96.0.0/16"), List.of()), wish(List.of(), List.of("10.96.0.0/16")))) {
      RoutePlan plan = RoutePlan.choose(wish, host);

      assertThat(plan.covers(needed)).isFalse();
      assertThat(plan.covers(Addresses.parse("10.96.1.1"))).isTrue();
      assertThat(plan.kept()).containsExactly(Map.entry(needed, role));
      assertThat(plan.warnings()).singleElement().asString().contains(address, why);
      assertThat(plan.skipped()).singleElement().asString().contains(address, why);
    }
  }

  @Test
  void splitsNothingAroundWhatALinkOfThisHostReachesOrTheUserNames() {
    HostNetwork host =
        new HostNetwork(
            LAN,
            List.of(),
            Map.of(
                Addresses.parse("192.168.7.1"), Role.DHCP_SERVER, COMPANY_DNS, Role.NAME_SERVER));
    List<String> asked = List.of("192.168.0.0/16", "10.8.0.1/32");

    RoutePlan plan = RoutePlan.choose(wish(asked, List.of()), host);

    assertThat(plan.prefixes())
        .containsExactlyElementsOf(asked.stream().map(Prefix::parse).toList());
    assertThat(plan.kept()).isEmpty();
    assertThat(RoutePlan.choose(wish(List.of("192.168.7.0/25"), List.of()), host).kept())
        .as("of a prefix that is longer than the link's")
        .containsKey(Addresses.parse("192.168.7.1"));
  }

  private static RouteWish wish(List<String> asked, List<String> learned) {
    return new RouteWish(
        asked.stream().map(Prefix::parse).toList(),
        List.of(),
        RouteMode.AUTO,
        List.of(),
        learned.stream().map(p -> new RouteWish.Candidate(Prefix.parse(p), "test")).toList(),
        Set.of());
  }

  @Test
  void keepsExcludedPrefixesOutWhoeverAsksForThem() {
    RouteWish wish =
        new RouteWish(
            List.of(Prefix.parse("10.0.0.0/8")),
            List.of(Prefix.parse("10.128.0.0/9")),
            RouteMode.AUTO,
            List.of(),
            List.of(new RouteWish.Candidate(Prefix.parse("10.200.0.0/16"), "test")),
            Set.of(Addresses.parse("10.201.0.1")));

    RoutePlan plan = RoutePlan.choose(wish, host(List.of()));

    assertThat(plan.prefixes()).noneMatch(Prefix.parse("10.128.0.0/9")::contains);
    assertThat(plan.skipped()).anyMatch(s -> s.contains("10.200.0.0/16"));
  }

  @Test
  void takesOnlyLiveAddressesOfAPrefixThatLiesInARouteOfThisHost() {
    List<Route> vpn = List.of(ofAnotherVpn(Prefix.parse("10.0.0.0/8")));

    RoutePlan plan =
        learned(RouteMode.AUTO, vpn, List.of("10.96.0.0/16"), List.of("10.96.0.1", "10.97.0.1"));

    assertThat(plan.prefixes()).containsExactly(Prefix.parse("10.96.0.1"));
    assertThat(plan.needsHosts()).isTrue();
    assertThat(plan.warnings()).singleElement().asString().contains("10.0.0.0/8", "-exclude=");
    assertThat(plan.skipped()).singleElement().asString().contains("10.97.0.1");
  }

  @Test
  void leavesARouteOfThisHostThatLiesInAPrefixWhereItIs() {
    List<Route> vpn = List.of(ofAnotherVpn(Prefix.parse("10.96.5.0/24")));

    RoutePlan plan =
        learned(RouteMode.HOSTS, vpn, List.of("10.96.0.0/16"), List.of("10.96.5.1", "10.96.6.1"));

    assertThat(plan.prefixes()).containsExactly(Prefix.parse("10.96.6.1"));
    RoutePlan wide = learned(RouteMode.AUTO, vpn, List.of("10.96.0.0/16"), List.of());
    assertThat(wide.skipped()).singleElement().asString().contains("10.96.5.0/24");
    assertThat(wide.left()).containsExactly(Prefix.parse("10.96.5.0/24"));
  }

  @Test
  void tellsARouteThatSomebodyAddedToAPartOfTheClusterFromALinkThatThisHostJoined() {
    Set<Prefix> cluster = Set.of(Prefix.parse("10.96.0.0/16"));
    Route known = Route.through(9, Prefix.parse("10.96.5.0/24"));
    Route added = Route.through(9, Prefix.parse("10.96.6.0/24"));
    Route wider = Route.through(9, Prefix.parse("10.0.0.0/8"));
    Route elsewhere = Route.through(9, Prefix.parse("10.97.6.0/24"));
    Set<Prefix> before = host(List.of(known)).destinations();

    HostNetwork now = host(List.of(known, added, wider, elsewhere, kernels("10.96.7.0/24")));

    assertThat(now.addedInside(before, cluster)).containsExactly(added);
    assertThat(now.without(List.of(added)).destinations()).doesNotContain(added.destination());
  }

  private static Route kernels(String prefix) {
    Route ours = Route.through(9, Prefix.parse(prefix));
    return new Route(
        ours.destination(),
        Optional.empty(),
        9,
        Route.MAIN,
        Route.KERNEL,
        0,
        Route.UNICAST,
        Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.168.7.1",
        "192.168.7.20",
        "192.168.7.99",
        "203.0.113.9",
        "10.100.0.1",
        "8.8.8.8"
      })
  void skipsWhatThisHostNeedsAmongTheAddressesOfServices(String hostile) {
    List<Route> routes =
        List.of(Route.through(2, Prefix.parse("0.0.0.0/0")).via(Addresses.parse("192.168.7.1")));

    RoutePlan plan = learned(RouteMode.HOSTS, routes, List.of("10.96.0.0/16"), List.of(hostile));

    assertThat(plan.prefixes()).isEmpty();
    assertThat(plan.skipped()).singleElement().asString().contains(hostile);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0/0", "::/0", "0.0.0.0/1", "127.0.0.0/16", "fe80::/64"})
  void neverRoutesALearnedPrefixThatIsNoClusters(String hostile) {
    assertThat(learned(RouteMode.AUTO, List.of(), List.of(hostile), List.of()).prefixes())
        .isEmpty();
  }

  @Test
  void routesNothingByItselfIfTheUserSaysNone() {
    assertThat(
            learned(RouteMode.NONE, List.of(), List.of("10.96.0.0/16"), List.of("10.96.0.1"))
                .prefixes())
        .isEmpty();
  }

  @Test
  void leavesToAnotherClientWhatIsInItsTunnel() {
    Route theirs = Route.through(9, Prefix.parse("10.96.0.0/16"));

    RoutePlan plan =
        learned(RouteMode.HOSTS, List.of(theirs), List.of("10.96.0.0/16"), List.of("10.96.5.1"));

    assertThat(plan.prefixes()).isEmpty();
    assertThat(plan.skipped()).anyMatch(line -> line.contains("tunnel of another client"));
  }

  private static Route ofAnotherVpn(Prefix to) {
    Route ours = Route.through(9, to);
    int protocolBoot = 3; // what ip(8) says if nobody says otherwise
    return new Route(
        to,
        Optional.of(Addresses.parse("192.168.7.2")),
        9,
        ours.table(),
        protocolBoot,
        ours.priority(),
        ours.type(),
        Optional.empty());
  }

  private static HostNetwork host(List<Route> routes) {
    return new HostNetwork(LAN, routes, NEEDED);
  }

  private static RoutePlan learned(
      RouteMode mode, List<Route> routes, List<String> prefixes, List<String> hosts) {
    RouteWish wish =
        new RouteWish(
            List.of(),
            List.of(),
            mode,
            List.of(),
            prefixes.stream().map(p -> new RouteWish.Candidate(Prefix.parse(p), "test")).toList(),
            Set.copyOf(hosts.stream().map(Addresses::parse).toList()));
    return RoutePlan.choose(wish, host(routes));
  }

  private static RoutePlan choose(List<Prefix> asked, String... nameServers) {
    List<InetAddress> servers = List.of(nameServers).stream().map(Addresses::parse).toList();
    return RoutePlan.choose(
        new RouteWish(asked, List.of(), RouteMode.AUTO, servers, List.of(), Set.of()),
        new HostNetwork(
            LAN, List.of(), Map.of(ENDPOINT, Role.SERVER, COMPANY_DNS, Role.NAME_SERVER)));
  }
}
