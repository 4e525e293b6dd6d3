package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** systemd-resolved with other settings than Debian's, with other rights, with another pod. */
@Tag("netns")
@Timeout(180)
class ResolvedSettingsIT {
  private static final String USUAL = "DNS=" + LabNet.ROUTER_LAN.v4();
  private static final Pattern SERVER = Pattern.compile("DNS Servers?: (\\S+):(\\d+)");
  private static final DualStack OTHER = new DualStack("10.244.0.77", "fd00:10:244::77");

  private static final String NO_LINK_DNS =
      """
      <busconfig><policy context="mandatory">
        <deny send_interface="org.freedesktop.resolve1.Manager" send_member="SetLinkDNSEx"/>
      </policy></busconfig>
      """;

  private static Programs programs;
  private static ResolvedHost resolved;
  private static Host laptop;

  @SuppressWarnings("NullAway.Init") // every test begins with it
  private RunningProgram client;

  @BeforeAll
  static void build() throws IOException {
    programs = Programs.in("rset", LabOptions.DEFAULT);
    laptop = programs.laptop();
    resolved = ResolvedHost.on(laptop, USUAL);
    programs.startCluster();
    programs.startExternal();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    resolved.restartWith(USUAL);
  }

  /** The router speaks no TLS, and signs nothing: other names fail, with the client or without. */
  @ParameterizedTest
  @ValueSource(strings = {"DNSOverTLS=yes", "DNSSEC=yes"})
  void theClustersLinkNeedsNeitherTlsNorSignatures(String global) throws IOException {
    resolved.restartWith(USUAL, global);
    String before = resolved.configured();

    client = programs.connect();

    assertThat(client.output()).contains("DNS: link DNS of systemd-resolved");
    resolvesTheCluster();
    assertThat(resolved.configured("tel0"))
        .contains("Protocols: -DefaultRoute -LLMNR -mDNS -DNSOverTLS DNSSEC=no\n");
    assertThat(before).contains(global.startsWith("DNSSEC") ? "DNSSEC=yes" : "+DNSOverTLS");
    assertThat(resolved.configured()).startsWith(before).contains("tel0");
    leavesItAs(before);
  }

  private void leavesItAs(String before) throws IOException {
    client.close();
    Until.holds(() -> assertThat(resolved.configured()).isEqualTo(before));
  }

  @Test
  void interceptsWhereALinkHasTheServer() throws IOException {
    resolved.restartWith();
    resolved.control("dns", "eth0", LabNet.ROUTER_LAN.v4());
    resolved.control("domain", "eth0", "~.", LabNet.LAN_DOMAIN);
    String before = resolved.configured();
    try {

      client = programs.connect("-dns=intercept");

      resolvesTheCluster();
      assertThat(dig(LabNet.OUTSIDE_NAME)).isEqualTo(LabNet.OUTSIDE.v4());
      assertThat(getent("printer")).startsWith(LabNet.PRINTER);
      assertThat(resolved.configured()).startsWith(before);
      leavesItAs(before);
    } finally {
      resolved.control("revert", "eth0");
    }
  }

  @Test
  void interceptsWhereSystemdResolvedRefuses() throws IOException {
    String file = "/etc/dbus-1/system.d/no-link-dns.conf";
    laptop.runWithInput(NO_LINK_DNS, "tee", file).orThrow();
    reloadRights();
    String before = resolved.configured();
    try {

      client = programs.connect();

      assertThat(client.output())
          .contains("DNS: queries to port 53 redirected, because systemd-resolved: SetLinkDNSEx: ")
          .contains("denied", "cluster.local by the cluster");
      resolvesTheCluster();
      assertThat(dig(LabNet.OUTSIDE_NAME)).isEqualTo(LabNet.OUTSIDE.v4());
      assertThat(resolved.status("tel0")).doesNotContain("cluster.local");
      leavesItAs(before);
    } finally {
      laptop.run("rm", file).orThrow();
      reloadRights();
    }
  }

  private static void reloadRights() throws IOException {
    laptop
        .run(
            "busctl",
            "call",
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "ReloadConfig")
        .orThrow();
  }

  @Test
  void nobodyOfTheClusterAsksThisHostsNameServers() throws IOException {
    client = programs.connect("-expose=all");
    Matcher server = server();
    Host pod = programs.lab().web();
    for (String transport : new String[] {"+notcp", "+tcp"}) {
      String ask =
          "dig @%s -p %s +short +tries=1 +time=1 %s %s %s"
              .formatted(
                  server.group(1),
                  server.group(2),
                  transport,
                  LabNet.WEB_NAME,
                  LabNet.OUTSIDE_NAME);

      assertThat(laptop.shell(ask).stdout()).contains(LabNet.WEB_SERVICE.v4(), LabNet.OUTSIDE.v4());
      assertThat(pod.shell(ask).stdout())
          .doesNotContain(LabNet.WEB_SERVICE.v4(), LabNet.OUTSIDE.v4());
    }
  }

  @Test
  void theStubMovesWithThePod() throws IOException {
    client = programs.connect();
    assertThat(server().group(1)).isEqualTo(LabNet.POD_CLUSTER.v4());
    replaceAddresses(LabNet.POD_CLUSTER, OTHER);
    try {

      client.awaitLine(Pattern.compile("this host is .*" + OTHER.v6() + " now"), Programs.LIMIT);

      Until.holds(() -> assertThat(server().group(1)).isEqualTo(OTHER.v4()));
      resolvesTheCluster();
      assertThat(laptop.run("ss", "-Hlnu").orThrow()).doesNotContain(LabNet.POD_CLUSTER.v4());
    } finally {
      client.close();
      replaceAddresses(OTHER, LabNet.POD_CLUSTER);
    }
  }

  private static Matcher server() throws IOException {
    Matcher server = SERVER.matcher(resolved.status("tel0"));
    assertThat(server.find()).isTrue();
    return server;
  }

  private static void replaceAddresses(DualStack old, DualStack next) throws IOException {
    String steps =
        """
        addr del %s/24 dev eth0
        addr add %s/24 dev eth0
        route replace default via %s
        addr add %s/64 dev eth0 nodad
        addr del %s/64 dev eth0
        """
            .formatted(old.v4(), next.v4(), LabNet.GATEWAY.v4(), next.v6(), old.v6());
    programs.lab().podCluster().runWithInput(steps, "ip", "-batch", "-").orThrow();
  }

  private static void resolvesTheCluster() throws IOException {
    assertThat(dig(LabNet.WEB_NAME)).isEqualTo(LabNet.WEB_SERVICE.v4());
    assertThat(getent("web")).startsWith(LabNet.WEB_SERVICE.v4());
    assertThat(getent("web.default")).startsWith(LabNet.WEB_SERVICE.v4());
  }

  private static String dig(String name) throws IOException {
    return laptop.run("dig", "+short", "+time=5", name).stdout().strip();
  }

  private static String getent(String name) throws IOException {
    return laptop.run("getent", "ahostsv4", name).stdout();
  }
}
