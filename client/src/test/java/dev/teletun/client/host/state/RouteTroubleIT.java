package dev.teletun.client.host.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.client.dns.DnsLab;
import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.host.filter.Boundary;
import dev.teletun.client.host.filter.Exposed;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.client.host.trace.StateDirectory;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Routes that the kernel refuses, or that are there already. */
@Tag("netns")
@Timeout(60)
class RouteTroubleIT {
  private static final String[] PREFIXES = {"10.100.0.0/16", "fd00:100::/64"};

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init") // every test begins with them
  private DnsLab lab;

  @SuppressWarnings("NullAway.Init")
  private TakenHost host;

  private String before = "";

  @BeforeEach
  void takeAHost() throws IOException {
    lab = DnsLab.up();
    lab.run("ip", "link", "add", "lan", "type", "veth", "peer", "name", "other");
    for (String link : List.of("lan", "other")) { // an address that comes by itself comes late
      lab.run("ip", "link", "set", link, "addrgenmode", "none");
      lab.run("ip", "link", "set", link, "up");
    }
    before = routes("");
    NetworkNamespace network = lab.own(NetworkNamespace.named(lab.name()));
    HostTerms terms =
        new HostTerms(
            new Place(Optional.of(network), lab.resolvConf()),
            new Boundary(Exposed.NOTHING, List.of(), false),
            DnsMode.OFF,
            Set.of(),
            false,
            new StateDirectory(directory.resolve("state")));
    host = new TakenHost(terms, (_, tell) -> tell.run(), _ -> {}, _ -> {});
  }

  @AfterEach
  void giveItBack() throws IOException {
    lab.close();
  }

  /** A route of a stranger, with our metric, or a leftover with our own protocol's number. */
  @Test
  void aPrefixThatIsRoutedAlreadyStaysAndIsTold() throws IOException {
    lab.run("ip", "route", "add", PREFIXES[0], "dev", "lan", "proto", "static");
    lab.run("ip", "route", "add", PREFIXES[1], "dev", "lan", "proto", "84", "metric", "1024");
    String strangers = routes("dev lan");

    Achieved achieved = host.apply(state(PREFIXES));

    assertThat(achieved.added()).isZero();
    assertThat(achieved.lacks())
        .hasSize(2)
        .allMatch(lack -> lack.contains("is routed elsewhere already"));
    assertThat(routes("dev lan")).isEqualTo(strangers);

    for (String prefix : PREFIXES) {
      lab.run("ip", "route", "del", prefix, "dev", "lan");
    }
    assertThat(host.apply(state(PREFIXES)).added()).isEqualTo(2);
    host.close();
    assertThat(routes("")).isEqualTo(before);
  }

  @Test
  void aRouteWithAnotherMetricStaysBesideOurs() throws IOException {
    for (String prefix : PREFIXES) {
      lab.run("ip", "route", "add", prefix, "dev", "lan", "metric", "2048");
    }
    String strangers = routes("dev lan");

    assertThat(host.apply(state(PREFIXES)).added()).isEqualTo(2);
    assertThat(routes("dev lan")).isEqualTo(strangers);
    assertThat(lab.run("ip", "route", "get", "10.100.0.1")).contains("dev tel0");
    assertThat(host.apply(state()).removed()).isEqualTo(2);

    assertThat(routes("dev lan")).isEqualTo(strangers);
    host.close();
    assertThat(routes("dev lan")).isEqualTo(strangers);
  }

  @Test
  void aRouteThroughTheDeviceThatSomebodyElseMadeIsHis() throws IOException {
    host.apply(state());
    lab.run("ip", "route", "add", "10.101.0.0/16", "dev", "tel0", "proto", "static");
    lab.run("ip", "route", "add", "10.102.0.0/16", "dev", "tel0", "proto", "84");

    Achieved achieved = host.apply(state(PREFIXES));

    assertThat(achieved.added()).isEqualTo(2);
    assertThat(achieved.removed()).as("what bears our protocol's number").isEqualTo(1);
    assertThat(routes("dev tel0")).contains("10.101.0.0/16").doesNotContain("10.102.0.0/16");
    host.close();
  }

  /** ENETDOWN. */
  @Test
  void aDeviceThatIsDownHasItsRoutesOnceItIsUpAgain() throws IOException {
    lab.run("ip", "route", "add", "10.103.0.0/16", "dev", "lan");
    host.apply(state(PREFIXES));
    lab.run("ip", "link", "set", "tel0", "down");
    assertThat(routes("dev tel0 proto 84")).as("the kernel removes them").isEmpty();

    assertThatIOException()
        .isThrownBy(() -> host.apply(state("10.100.0.0/16", "10.104.0.0/16")))
        .withMessageContaining("ENETDOWN");

    lab.run("ip", "link", "set", "tel0", "up");
    assertThat(host.apply(state("10.100.0.0/16", "10.104.0.0/16")).added()).isEqualTo(2);
    assertThat(routes("dev tel0 proto 84")).contains("10.100.0.0/16", "10.104.0.0/16");
    assertThat(routes("dev lan")).contains("10.103.0.0/16");
    host.close();
  }

  private static HostState state(String... prefixes) {
    Map<Prefix, String> routes = new LinkedHashMap<>();
    Arrays.stream(prefixes).forEach(prefix -> routes.put(Prefix.parse(prefix), "test"));
    return new HostState(
        List.of(Addresses.parse("10.244.1.7"), Addresses.parse("fd00:244::7")),
        1400,
        new RoutePlan(routes, List.of(), List.of(), false, Set.of(), Map.of()),
        Optional.empty());
  }

  private String routes(String of) throws IOException {
    return lab.run("sh", "-c", "ip route show %1$s; ip -6 route show %1$s".formatted(of));
  }
}
