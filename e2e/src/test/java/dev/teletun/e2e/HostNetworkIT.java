package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Dnsmasq;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What else goes on in the laptop's own network, by its administrator's and other programs' hand.
 */
@Tag("netns")
@Timeout(180)
class HostNetworkIT {
  /** More than the kernel keeps for somebody who does not listen. */
  private static final int FLOOD = 40_000;

  private static final String OTHER_ADDRESS = "192.168.50.77";

  private static final String DOCKER =
      """
      ip link add docker0 type bridge && ip addr add 172.17.0.1/16 dev docker0 && ip link set docker0 up
      iptables -t nat -N DOCKER
      iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
      iptables -N DOCKER-USER
      iptables -A DOCKER-USER -j RETURN
      iptables -P FORWARD DROP
      iptables -A FORWARD -j DOCKER-USER
      iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
      """;

  private static final List<String> SETTINGS =
      List.of(
          "net.ipv4.ip_forward",
          "net.ipv4.conf.all.rp_filter",
          "net.ipv4.conf.default.rp_filter",
          "net.ipv4.conf.eth0.rp_filter");

  private static Programs programs;

  @SuppressWarnings("NullAway.Init") // every test begins with it
  private Trio trio;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("hnet", LabOptions.DEFAULT);
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void startServers() throws IOException {
    trio = Trio.servers(programs);
  }

  @AfterEach
  void endAndCompare() throws IOException {
    trio.close();
  }

  @Test
  void aDefaultGatewayThatGoesAndComesBack() throws IOException {
    trio.connect();
    Conversation talk = trio.talk();

    laptop().shell("ip route del default; ip -6 route del default").orThrow();
    assertThat(reaches(LabNet.POD_ECHO.v4())).isFalse();
    laptop()
        .shell(
            "ip route add default via %s dev eth0; ip -6 route add default via %s dev eth0"
                .formatted(LabNet.ROUTER_LAN.v4(), LabNet.ROUTER_LAN.v6()))
        .orThrow();

    talk.exchange();
    assertThat(reaches(LabNet.POD_ECHO.v4())).isTrue();
  }

  /** As dhclient-script does when a lease is bound anew: address and routes go and come. */
  @Test
  void aDhcpClientThatMakesAddressAndRoutesAnew() throws IOException {
    trio.connect();
    Conversation talk = trio.talk();
    String own = routesOfOurs();
    for (int i = 0; i < 3; i++) {
      laptop()
          .shell(
              "ip -4 addr flush dev eth0; ip addr add %s/24 dev eth0; ip route add default via %s dev eth0 proto dhcp metric 100"
                  .formatted(LabNet.LAPTOP.v4(), LabNet.ROUTER_LAN.v4()))
          .orThrow();
      talk.exchange();
    }
    Until.holds(() -> assertThat(routesOfOurs()).isEqualTo(own));
    laptop()
        .shell(
            "ip route del default proto dhcp; ip route add default via %s dev eth0"
                .formatted(LabNet.ROUTER_LAN.v4()))
        .orThrow();
  }

  /** busybox's, with Debian's script, which writes resolv.conf with each lease, too. */
  @Test
  void aRealDhcpClientThatRenewsItsLeaseAndGetsAnotherAddress() throws IOException {
    DebianPackages.unpack("busybox", "udhcpc");
    String resolvConf = laptop().resolvConf();
    try (CloseStack started = new CloseStack()) {
      RunningProgram server = started.own(leasing(LabNet.LAPTOP.v4(), LabNet.ROUTER_LAN.v4()));
      RunningProgram dhcp = started.own(startDhcpClient());
      awaitLeases(dhcp, 1, LabNet.LAPTOP.v4());
      trio.connect();
      Conversation talk = trio.talk();
      String own = routesOfOurs();

      for (int lease = 2; lease <= 4; lease++) {
        dhcp.signal("USR1"); // renew
        awaitLeases(dhcp, lease, LabNet.LAPTOP.v4());
        talk.exchange();
        Until.holds(HostNetworkIT::fetchesByName);
      }
      server.close();
      started.own(leasing(OTHER_ADDRESS, LabNet.SECOND_NAME_SERVER.v4()));
      dhcp.signal("USR1");
      awaitLeases(dhcp, 1, OTHER_ADDRESS);

      talk.exchange();
      Until.holds(HostNetworkIT::fetchesByName);
      assertThat(laptop().resolvConf())
          .isEqualTo("\nnameserver " + LabNet.SECOND_NAME_SERVER.v4() + "\n");
      Until.holds(() -> assertThat(routesOfOurs()).isEqualTo(own));
    } finally {
      laptop()
          .shell(
              "ip -4 addr flush dev eth0; ip addr add %s/24 dev eth0; ip route add default via %s dev eth0"
                  .formatted(LabNet.LAPTOP.v4(), LabNet.ROUTER_LAN.v4()))
          .orThrow();
      laptop().runWithInput(resolvConf, "sh", "-c", "cat >/etc/resolv.conf").orThrow();
    }
  }

  private static void fetchesByName() throws IOException {
    String url = "http://%s/".formatted(LabNet.WEB_NAME);
    assertThat(laptop().run("curl", "-sS", "--fail", "-m2", url).stdout()).contains("serves");
  }

  /** A server on the router that has one address to give away, and names a name server. */
  private static RunningProgram leasing(String address, String nameServer) throws IOException {
    return programs
        .lab()
        .router()
        .start(
            Dnsmasq.line(
                "--port=0",
                "--interface=lan0",
                "--no-ping",
                "--dhcp-authoritative",
                "--dhcp-option=option:dns-server," + nameServer,
                "--dhcp-leasefile=" + programs.lab().directory().resolve("leases-" + address),
                "--dhcp-range=%s,%s,255.255.255.0,2m".formatted(address, address)));
  }

  private static RunningProgram startDhcpClient() throws IOException {
    laptop().run("ip", "-4", "addr", "flush", "dev", "eth0").orThrow();
    return laptop()
        .start(
            "env",
            "PATH=%s:/usr/sbin:/usr/bin:/sbin:/bin"
                .formatted(DebianPackages.directory("busybox").resolve("usr/bin")),
            "busybox",
            "udhcpc",
            "-f",
            "-i",
            "eth0",
            "-s",
            DebianPackages.directory("udhcpc").resolve("etc/udhcpc/default.script").toString());
  }

  private static void awaitLeases(RunningProgram dhcp, int count, String address)
      throws IOException {
    String lease = "lease of %s obtained".formatted(address);
    Until.holds(() ->
        assertThat(dhcp.output().lines().filter(line -> line.contains(lease))).hasSize(count));
  }

  @Test
  void aHostWithoutIpv6IsToldWhatItLacksAndHasTheRest() throws IOException {
    laptop().run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1").orThrow();
    try {
      RunningProgram client = trio.connect();

      assertThat(client.output())
          .contains(
              "IPv6 is off on this host: %s is not taken".formatted(LabNet.POD_CLUSTER.v6()),
              "IPv6 is off on this host: %s is not routed".formatted(LabNet.PODS.v6()));
      assertThat(fetch(LabNet.WEB_NAME)).isNotEmpty();
      assertThat(laptop().run("sysctl", "-n", "net.ipv6.conf.all.disable_ipv6").orThrow())
          .startsWith("1");
      client.signal("TERM");
      client.awaitExit(Programs.LIMIT);
    } finally {
      laptop()
          .shell(
              "sysctl -qw net.ipv6.conf.all.disable_ipv6=0; ip addr add %s/64 dev eth0 nodad; ip route add ::/0 via %s dev eth0"
                  .formatted(LabNet.LAPTOP.v6(), LabNet.ROUTER_LAN.v6()))
          .orThrow();
    }
  }

  @Test
  void aHostThatForwardsForDockerAndFiltersByReversePath() throws IOException {
    String before = laptop().run(sysctl("-e")).orThrow();
    laptop()
        .shell("set -e\n" + DOCKER + "sysctl -qw " + String.join("=1 ", SETTINGS) + "=1")
        .orThrow();
    try {
      String rules = rules();
      String settings = laptop().run(sysctl("-e")).orThrow();
      RunningProgram client = trio.connect();

      assertThat(fetch(LabNet.WEB_NAME)).isNotEmpty();
      assertThat(reaches(LabNet.POD_ECHO.v4())).isTrue();
      assertThat(programs.lab().web().run("ping", "-c1", "-W2", LabNet.POD_CLUSTER.v4()).ok())
          .isTrue();
      assertThat(rules()).isEqualTo(rules);
      client.signal("TERM");
      client.awaitExit(Programs.LIMIT);
      assertThat(rules()).isEqualTo(rules);
      assertThat(laptop().run(sysctl("-e")).orThrow()).isEqualTo(settings);
    } finally {
      laptop().runWithInput(before, "sysctl", "-qp-").orThrow();
      laptop().shell("nft flush ruleset; ip link del docker0").orThrow();
    }
  }

  private static String[] sysctl(String option) {
    List<String> line = new ArrayList<>(List.of("sysctl", option));
    line.addAll(SETTINGS);
    return line.toArray(String[]::new);
  }

  /** Its own notifications get lost, and the kernel says no more than that (ENOBUFS). */
  @Test
  void aStrangerWhoChangesMoreThanAnybodyCanHear() throws IOException {
    RunningProgram client = trio.connect();
    String own = routesOfOurs();
    client.signal("STOP");

    Path strangers = programs.lab().directory().resolve("strangers");
    Files.write(
        strangers,
        IntStream.range(0, FLOOD)
            .mapToObj(i -> "route add blackhole 11.%d.%d.0/24".formatted(i / 256, i % 256))
            .toList());
    laptop().run("ip", "-batch", strangers.toString()).orThrow();
    laptop().run("ip", "route", "del", LabNet.PODS.v4(), "dev", "tel0").orThrow();
    laptop().run("ip", "route", "flush", "type", "blackhole").orThrow();
    assertThat(dropped()).as("notifications that were lost").isPositive();
    assertThat(routesOfOurs()).isNotEqualTo(own);
    client.signal("CONT");

    Until.holds(() -> assertThat(routesOfOurs()).isEqualTo(own));
    Until.holds(() -> assertThat(reaches(LabNet.POD_ECHO.v4())).isTrue());
  }

  /** All that netlink sockets have lost (/proc/net/netlink). */
  private static int dropped() throws IOException {
    return laptop()
        .run("cat", "/proc/net/netlink")
        .orThrow()
        .lines()
        .skip(1)
        .mapToInt(line -> Integer.parseInt(line.strip().split(" +", -1)[8]))
        .sum();
  }

  private static String rules() throws IOException {
    return laptop().shell("iptables-save | grep -v '^#' | sed 's/\\[[0-9:]*\\]//'").orThrow();
  }

  private static String routesOfOurs() throws IOException {
    return laptop().shell("ip route show proto 84; ip -6 route show proto 84").orThrow();
  }

  private static String fetch(String name) throws IOException {
    return laptop().run("curl", "-sS", "--fail", "-m10", "http://%s/".formatted(name)).orThrow();
  }

  private static boolean reaches(String pod) throws IOException {
    return laptop().run("ping", "-c1", "-W1", pod).ok();
  }

  private static Host laptop() {
    return programs.laptop();
  }
}
