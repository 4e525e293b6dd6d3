package dev.teletun.linux.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.namespace.TestNamespace;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a pair of veth interfaces, with {@code ip} as the oracle. */
@Tag("netns")
class RouteSocketIT {
  private final CloseStack owned = new CloseStack();
  private TestNamespace namespace;
  private RouteSocket socket;
  private int v0;

  @BeforeEach
  void open() throws IOException {
    namespace = owned.own(TestNamespace.create());
    namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
    namespace.run("ip", "link", "set", "v1", "up");
    socket = owned.own(namespace.call(RouteSocket::open));
    v0 = socket.link("v0").index();
  }

  @AfterEach
  void close() throws IOException {
    owned.close();
  }

  @Test
  void readsAndChangesLinks() throws Exception {
    socket.up(v0);
    socket.mtu(v0, 1337);
    socket.alias(v0, "teletun of a test");

    Link link = socket.link("v0");
    assertThat(namespace.run("ip", "link", "show", "v0"))
        .contains(",UP")
        .contains("mtu 1337")
        .contains("alias teletun of a test");
    assertThat(link).isEqualTo(socket.link(v0));
    assertThat(link.up()).isTrue();
    assertThat(link.mtu()).isEqualTo(1337);
    assertThat(link.alias()).isEqualTo("teletun of a test");
    assertThat(link.hardware()).hasSize(6);
    assertThat(socket.links()).extracting(Link::name).containsExactlyInAnyOrder("lo", "v0", "v1");
    assertThat(socket.links()).contains(link);
  }

  @Test
  void saysWhichLinkIsMissing() {
    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> socket.link("tel9"))
        .withMessageContaining("tel9")
        .withMessageContaining("ip link")
        .matches(e -> e.errno() == Errno.ENODEV);
  }

  @Test
  void addsAndDeletesAddressesOfBothFamilies() throws Exception {
    socket.up(v0);
    for (String text : List.of("10.0.2.7", "fd00::7")) {
      InetAddress address = InetAddress.ofLiteral(text);
      InterfaceAddress own = new InterfaceAddress(v0, address, address.getAddress().length * 8);

      assertThat(socket.add(own)).isTrue();
      assertThat(socket.add(own)).isFalse();
      assertThat(socket.addresses()).contains(own);
      String shown = namespace.run("ip", "addr", "show", "dev", "v0");
      assertThat(shown).contains(text + "/" + own.prefixLength());
      assertThat(shown.lines().filter(l -> l.contains("fd00"))).noneMatch(l -> l.contains("tent"));

      assertThat(socket.delete(own)).isTrue();
      assertThat(socket.delete(own)).isFalse();
      assertThat(socket.addresses()).doesNotContain(own);
    }
    assertThat(socket.delete(new InterfaceAddress(9999, InetAddress.ofLiteral("10.0.2.7"), 32)))
        .isFalse();
  }

  @Test
  void addsReadsAndDeletesRoutesOfBothFamilies() throws Exception {
    addressed();
    List<Route> routes =
        List.of(
            Route.through(v0, Prefix.parse("10.96.0.0/12")),
            Route.through(v0, Prefix.parse("fd96::/64")),
            Route.through(v0, Prefix.parse("10.200.0.0/16")).via(address("192.168.7.2")),
            Route.through(v0, Prefix.parse("fd97::/64")).via(address("fd07::2")),
            Route.through(v0, Prefix.parse("10.201.0.0/16")).via(address("fd07::2")),
            Route.through(v0, Prefix.parse("0.0.0.0/0")).inTable(70_000).withPriority(50),
            Route.through(v0, Prefix.parse("::/0")).inTable(70_000).withPriority(50),
            Route.through(v0, Prefix.parse("10.202.0.0/16")).from(address("192.168.7.1")),
            Route.without(Route.UNREACHABLE, Prefix.parse("10.203.0.0/16")));
    for (Route route : routes) {
      assertThat(socket.add(route)).as("%s", route).isTrue();
      assertThat(socket.add(route)).as("%s", route).isFalse();
    }

    assertThat(socket.routes()).containsAll(routes);
    assertThat(namespace.run("ip", "route", "show", "table", "all", "proto", "84"))
        .contains("10.96.0.0/12 dev v0 scope link")
        .contains("10.200.0.0/16 via 192.168.7.2 dev v0")
        .contains("10.201.0.0/16 via inet6 fd07::2 dev v0")
        .contains("default dev v0 table 70000 scope link metric 50")
        .contains("10.202.0.0/16 dev v0 scope link src 192.168.7.1")
        .contains("unreachable 10.203.0.0/16");
    assertThat(namespace.run("ip", "-6", "route", "show", "table", "all", "proto", "84"))
        .contains("fd96::/64 dev v0")
        .contains("fd97::/64 via fd07::2 dev v0")
        .contains("default dev v0 table 70000 metric 50");
    assertThat(socket.delete(routes)).isEqualTo(routes.size());
    assertThat(socket.delete(routes)).isZero();
    assertThat(socket.routes()).noneMatch(route -> route.protocol() == Route.TELETUN);
  }

  @Test
  void readsEveryNextHopOfARouteOfOthers() throws Exception {
    addressed();
    namespace.run(
        "ip",
        "route",
        "add",
        "10.50.0.0/16",
        "proto",
        "static",
        "metric",
        "7",
        "nexthop",
        "via",
        "192.168.7.2",
        "dev",
        "v0",
        "nexthop",
        "via",
        "192.168.7.3",
        "dev",
        "v0");

    assertThat(socket.routes().stream().filter(r -> r.priority() == 7))
        .extracting(Route::toString)
        .containsExactly(
            "10.50.0.0/16 via 192.168.7.2 dev %d table 254 proto 4 metric 7".formatted(v0),
            "10.50.0.0/16 via 192.168.7.3 dev %d table 254 proto 4 metric 7".formatted(v0));
  }

  @Test
  void deletesNoRouteOfOthers() throws Exception {
    addressed();
    namespace.run("ip", "route", "add", "10.96.0.0/12", "dev", "v0", "proto", "static");

    assertThat(socket.delete(Route.through(v0, Prefix.parse("10.96.0.0/12")))).isFalse();
    assertThat(namespace.run("ip", "route")).contains("10.96.0.0/12");
  }

  @Test
  void replacesARoute() throws Exception {
    addressed();
    Route first = Route.through(v0, Prefix.parse("10.96.0.0/12")).via(address("192.168.7.2"));
    socket.replace(first);

    socket.replace(first.via(address("192.168.7.3")));

    assertThat(socket.routes()).doesNotContain(first).contains(first.via(address("192.168.7.3")));
  }

  @Test
  void addsTenThousandRoutesAndTellsWhichWereThere() throws Exception {
    addressed();
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      String v4 = "10.%d.%d.0/24".formatted(i / 250, i % 250);
      routes.add(Route.through(v0, Prefix.parse(i % 2 == 0 ? v4 : "fd00:%x::/64".formatted(i))));
    }
    assertThat(socket.add(routes.subList(0, 3000))).isEqualTo(3000);

    assertThat(socket.add(routes)).isEqualTo(7000);
    assertThat(socket.routes()).containsAll(routes);
    assertThat(socket.delete(routes)).isEqualTo(10_000);
    assertThat(socket.routes()).noneMatch(route -> route.protocol() == Route.TELETUN);
  }

  @Test
  void addsTheOthersWhenOneOfManyIsRefused() throws Exception {
    addressed();
    Route bad = Route.through(v0, Prefix.parse("10.1.0.0/16")).via(address("203.0.113.9"));
    Route good = Route.through(v0, Prefix.parse("10.2.0.0/16"));

    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> socket.add(List.of(bad, good)))
        .withMessageContaining("RTM_NEWROUTE(10.1.0.0/16 via 203.0.113.9")
        .withMessageContaining("ENETUNREACH")
        .withMessageContaining("The kernel says: Nexthop has invalid gateway");
    assertThat(socket.routes()).contains(good);
  }

  @Test
  void addsReadsAndDeletesRulesOfBothFamilies() throws Exception {
    for (boolean ipv6 : new boolean[] {false, true}) {
      Prefix prefix = Prefix.parse(ipv6 ? "fd96::/64" : "10.96.0.0/12");
      List<Rule> rules =
          List.of(
              Rule.lookup(ipv6, 5200, 70_000).to(prefix).marked(0x54).not(),
              Rule.lookup(ipv6, 5201, Route.MAIN).ignoringRoutesOf(0),
              Rule.lookup(ipv6, 5202, 84).from(prefix));
      for (Rule rule : rules) {
        assertThat(socket.add(rule)).as("%s", rule).isTrue();
        assertThat(socket.add(rule)).as("%s", rule).isFalse();
      }

      assertThat(socket.rules()).containsAll(rules);
      assertThat(namespace.run("ip", ipv6 ? "-6" : "-4", "rule"))
          .containsPattern("5200:\tnot from all to \\S+ fwmark 0x54 lookup 70000 proto 84")
          .contains("5201:\tfrom all lookup main suppress_prefixlength 0 proto 84")
          .containsPattern("5202:\tfrom (10.96.0.0/12|fd96::/64) lookup 84 proto 84");
      for (Rule rule : rules) {
        assertThat(socket.delete(rule)).isTrue();
        assertThat(socket.delete(rule)).isFalse();
      }
      assertThat(socket.rules()).noneMatch(rule -> rule.protocol() == Route.TELETUN);
    }
  }

  @Test
  void looksUpWhereAPacketWouldGo() throws Exception {
    addressed();
    socket.add(Route.through(v0, Prefix.parse("10.200.0.0/16")).via(address("192.168.7.2")));
    socket.add(Route.through(v0, Prefix.parse("fd97::/64")).via(address("fd07::2")));
    socket.add(Route.without(Route.UNREACHABLE, Prefix.parse("10.203.0.0/16")));
    socket.add(Route.without(Route.UNREACHABLE, Prefix.parse("fd98::/64")));
    socket.add(Route.through(v0, Prefix.parse("10.204.0.0/16")).inTable(84));
    socket.add(Rule.lookup(false, 5200, 84).marked(7));

    Route v4 = socket.lookup(address("10.200.1.1")).orElseThrow();
    assertThat(v4.gateway()).contains(address("192.168.7.2"));
    assertThat(v4.preferredSource()).contains(address("192.168.7.1"));
    assertThat(v4.interfaceIndex()).isEqualTo(v0);
    Route v6 = socket.lookup(address("fd97::1")).orElseThrow();
    assertThat(v6.gateway()).contains(address("fd07::2"));
    assertThat(socket.lookup(address("127.0.0.1")).orElseThrow().type()).isEqualTo(Route.LOCAL);
    assertThat(socket.lookup(address("10.204.0.1"))).isEmpty();
    assertThat(socket.lookup(address("10.204.0.1"), 7)).isPresent();
    for (String nowhere : List.of("10.203.0.1", "fd98::1", "8.8.8.8", "2001:db8::1")) {
      assertThat(socket.lookup(address(nowhere))).as(nowhere).isEmpty();
    }
  }

  private void addressed() throws IOException {
    socket.up(v0);
    socket.add(new InterfaceAddress(v0, address("192.168.7.1"), 24));
    socket.add(new InterfaceAddress(v0, address("fd07::1"), 64));
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }
}
