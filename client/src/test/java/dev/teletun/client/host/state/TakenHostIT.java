package dev.teletun.client.host.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.client.dns.DnsLab;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.host.filter.Boundary;
import dev.teletun.client.host.filter.Exposed;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.client.host.trace.StateDirectory;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A state that is applied to a network namespace from outside it. */
@Tag("netns")
@Timeout(60)
class TakenHostIT {
  private static final String HOME = "192.0.2.1";
  private static final String CLUSTER = "10.96.0.10";
  private static final String SERVICE = "web.shop.svc.cluster.local";
  private static final String POD = "10.244.1.7";
  private static final String NEXT_POD = "10.244.1.8";
  private static final String LOOK =
      "ip -o addr; ip route show table all; ip -6 route show table all; ip rule; ip -6 rule; nft list ruleset";

  @TempDir Path directory;
  private final List<String> announced = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // every test begins with them
  private DnsLab lab;

  @SuppressWarnings("NullAway.Init")
  private NetworkNamespace network;

  private String before = "";

  @BeforeEach
  void buildAHost() throws IOException {
    lab = DnsLab.up(HOME, CLUSTER);
    lab.dnsmasq(HOME, "--host-record=intranet.example,192.0.2.81");
    lab.dnsmasq(CLUSTER, "--host-record=" + SERVICE + ",10.96.0.80");
    lab.resolvConf(HOME);
    lab.run("ip", "link", "add", "lan", "type", "veth", "peer", "name", "other");
    for (String link : List.of("lan", "other")) { // an address that comes by itself comes late
      lab.run("ip", "link", "set", link, "addrgenmode", "none");
    }
    lab.run("ip", "addr", "add", "198.51.100.2/24", "dev", "lan");
    lab.run("ip", "link", "set", "lan", "up");
    lab.run("ip", "link", "set", "other", "up");
    network = lab.own(NetworkNamespace.named(lab.name()));
    before = look();
  }

  @AfterEach
  void tearDown() throws IOException {
    lab.close();
  }

  @Test
  void makesItSoAndUndoesIt() throws IOException {
    try (TakenHost host = host(DnsMode.INTERCEPT, false)) {
      Achieved achieved = host.apply(state(POD, "10.100.0.0/16", "10.244.0.0/16"));

      assertThat(achieved.added()).isEqualTo(2);
      assertThat(achieved.lacks()).isEmpty();
      assertThat(look()).contains(POD, "10.100.0.0/16 dev tel0", "10.244.0.0/16 dev tel0");
      assertThat(lab.dig("@" + HOME, SERVICE)).isEqualTo("10.96.0.80");
      assertThat(lab.dig("@" + HOME, "intranet.example")).isEqualTo("192.0.2.81");
      assertThat(announced)
          .anyMatch(line -> line.startsWith("ip address add " + POD))
          .anyMatch(line -> line.startsWith("ip route add 10.100.0.0/16"))
          .anyMatch(line -> line.startsWith("DNS: nft add table"));
    }
    assertThat(look()).isEqualTo(before);
    assertThat(lab.dig("@" + HOME, SERVICE)).isEmpty();
  }

  @Test
  void changesOnlyWhatIsDifferentAndAddsBeforeItRemoves() throws IOException {
    try (TakenHost host = host(DnsMode.OFF, false)) {
      host.apply(state(POD, "10.100.0.0/16", "10.244.0.0/16"));
      assertThat(host.apply(state(POD, "10.100.0.0/16", "10.244.0.0/16")))
          .isEqualTo(new Achieved(0, 0, OptionalInt.of(0), List.of()));
      announced.clear();

      Achieved achieved = host.apply(state(NEXT_POD, "10.100.0.0/16", "10.245.0.0/16"));

      assertThat(achieved.added()).isEqualTo(1);
      assertThat(achieved.removed()).isEqualTo(1);
      assertThat(look())
          .contains(NEXT_POD, "10.245.0.0/16 dev tel0")
          .doesNotContain(POD + " ", "10.244.0.0/16");
      assertThat(announced)
          .hasSize(4)
          .anyMatch(line -> line.startsWith("ip address del " + POD))
          .anyMatch(line -> line.startsWith("ip route del 10.244.0.0/16"));
    }
    assertThat(look()).isEqualTo(before);
  }

  @Test
  void putsBackWhatOthersRemoveUntilTheyKeepDoingIt() throws IOException {
    try (TakenHost host = host(DnsMode.OFF, false)) {
      HostState state = state(POD, "10.100.0.0/16");
      host.apply(state);
      lab.run("ip", "addr", "del", POD + "/32", "dev", "tel0");
      host.apply(state);
      assertThat(look()).contains(POD); // the kernel had removed the route with it
      for (int i = 0; i < 9; i++) {
        lab.run("ip", "route", "del", "10.100.0.0/16");
        assertThat(host.apply(state).added()).isEqualTo(1);
      }
      lab.run("ip", "route", "del", "10.100.0.0/16");

      assertThat(host.apply(state).lacks())
          .singleElement()
          .asString()
          .contains("another program keeps removing our routes");
      assertThat(look()).doesNotContain("10.100.0.0/16 dev");
    }
    assertThat(look()).isEqualTo(before);
  }

  @Test
  void aStrictTableWinsOverALongerRouteAndLeavesWhatIsThisHosts() throws IOException {
    try (TakenHost host = host(DnsMode.OFF, true)) {
      RoutePlan plan =
          new RoutePlan(
              Map.of(Prefix.parse("10.100.0.0/16"), "test"),
              List.of(),
              List.of(),
              false,
              Set.of(Prefix.parse("10.100.9.0/24")),
              Map.of());
      HostState state = new HostState(List.of(Addresses.parse(POD)), 1400, plan, Optional.empty());
      lab.run("ip", "route", "add", "10.100.9.0/24", "dev", "lan");
      host.apply(state);
      lab.run("ip", "route", "add", "10.100.1.0/24", "dev", "lan");

      assertThat(lab.run("ip", "route", "get", "10.100.1.1")).contains("dev tel0");
      assertThat(lab.run("ip", "route", "get", "10.100.9.1")).contains("dev lan");

      lab.run("ip", "rule", "del", "pref", "4800");
      assertThat(lab.run("ip", "route", "get", "10.100.1.1")).contains("dev lan");
      assertThat(host.apply(state).added()).isEqualTo(1);
      assertThat(lab.run("ip", "route", "get", "10.100.1.1")).contains("dev tel0");
      assertThat(directory.resolve("state")).isNotEmptyDirectory();
      lab.run("ip", "route", "del", "10.100.1.0/24", "dev", "lan");
      lab.run("ip", "route", "del", "10.100.9.0/24", "dev", "lan");
    }
    assertThat(look()).isEqualTo(before);
    assertThat(directory.resolve("state")).doesNotExist();
  }

  @Test
  void leavesNothingWhenItCannotBeMadeSo() throws IOException {
    lab.run("ip", "addr", "add", POD + "/32", "dev", "lan");
    String then = look();
    try (TakenHost host = host(DnsMode.INTERCEPT, true)) {
      assertThatIOException()
          .isThrownBy(() -> host.apply(state(POD, "10.100.0.0/16")))
          .withMessageContaining("already has on interface lan");
    }
    assertThat(look()).isEqualTo(then);
  }

  private TakenHost host(DnsMode dns, boolean strict) {
    HostTerms terms =
        new HostTerms(
            new Place(Optional.of(network), lab.resolvConf()),
            new Boundary(Exposed.NOTHING, List.of(), false),
            dns,
            Set.of(),
            strict,
            new StateDirectory(directory.resolve("state")));
    return new TakenHost(terms, (_, tell) -> tell.run(), _ -> {}, announced::add);
  }

  private static HostState state(String pod, String... prefixes) {
    Map<Prefix, String> routes = new LinkedHashMap<>();
    Arrays.stream(prefixes).forEach(prefix -> routes.put(Prefix.parse(prefix), "test"));
    List<InetAddress> server = List.of(Addresses.parse(CLUSTER));
    ClusterNames names =
        new ClusterNames(
            server,
            List.of("shop.svc.cluster.local", "svc.cluster.local", "cluster.local"),
            5,
            List.of(),
            Set.of());
    return new HostState(
        List.of(Addresses.parse(pod)),
        1400,
        new RoutePlan(routes, List.of(), List.of(), false, Set.of(), Map.of()),
        Optional.of(names));
  }

  private String look() throws IOException {
    return lab.run("sh", "-c", LOOK);
  }
}
