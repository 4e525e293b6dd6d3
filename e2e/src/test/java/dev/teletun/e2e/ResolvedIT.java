package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A laptop whose names systemd-resolved resolves. */
@Tag("netns")
@Timeout(180)
class ResolvedIT {
  private static final String RESOLVED = "DNS: link DNS of systemd-resolved, because ";
  private static final String INTERCEPT = "DNS: queries to port 53 redirected, because ";

  private static Programs programs;
  private static ResolvedHost resolved;
  private static Host laptop;

  private HostSnapshot before;
  private String statusBefore;

  @SuppressWarnings("NullAway.Init") // every test begins with it
  private RunningProgram client;

  @BeforeAll
  static void build() throws IOException {
    programs = Programs.in("rslv", LabOptions.DEFAULT);
    laptop = programs.laptop();
    resolved = ResolvedHost.on(laptop);
    programs.startCluster();
    programs.startExternal();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void look() throws IOException {
    before = programs.laptopNow();
    statusBefore = resolved.status();
  }

  /** What every test ends with: the kernel and systemd-resolved restore the host by themselves. */
  @AfterEach
  void isAsBefore() throws IOException {
    client.kill();
    Until.holds(() -> assertThat(before.differences(programs.laptopNow())).isEmpty());
    Until.holds(() -> assertThat(resolved.status()).isEqualTo(statusBefore));
    assertThat(laptop.run("ls", "/run/systemd/resolve/netif").stdout()).isEmpty();
    assertThat(dig(LabNet.OUTSIDE_NAME)).isEqualTo(LabNet.OUTSIDE.v4());
    assertThat(dig(LabNet.WEB_NAME)).isEmpty();
  }

  @Test
  void resolvesTheClustersNamesAndLeavesOthersAsTheyWere() throws IOException {
    client = programs.connect();

    assertThat(client.output())
        .contains(RESOLVED + "/etc/resolv.conf names only 127.0.0.53")
        .doesNotContain("did not answer");
    resolvesTheCluster();
    assertThat(dig(LabNet.OUTSIDE_NAME)).isEqualTo(LabNet.OUTSIDE.v4());
    assertThat(dig(LabNet.SPLIT_NAME)).isEqualTo(LabNet.SPLIT_FIRST);
    assertThat(getent("printer." + LabNet.LAN_DOMAIN)).startsWith(LabNet.PRINTER);
    assertThat(resolved.control("query", "--legend=no", "printer." + LabNet.LAN_DOMAIN))
        .contains(LabNet.PRINTER)
        .doesNotContain("link: tel0");
    assertThat(laptop.run("nft", "list", "tables").orThrow()).doesNotContain("teletun-dns");
    assertThat(laptop.run(programs.teletun("status")).orThrow())
        .containsPattern("(?m)^dns way +link DNS of systemd-resolved, because ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void givesTheNamesBackWhenItIsStopped(String signal) throws IOException {
    client = programs.connect();
    resolvesTheCluster();

    client.signal(signal);

    assertThat(client.awaitExit(Programs.LIMIT)).isLessThan(128 + 64);
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  @Test
  void asksTheClusterForNothingElse() throws IOException {
    client = programs.connect();

    assertThat(resolved.status("tel0"))
        .contains("-DefaultRoute -LLMNR -mDNS -DNSOverTLS DNSSEC=no")
        .doesNotContain("~.");
  }

  @Test
  void settingsSurviveARestartOfSystemdResolved() throws IOException {
    client = programs.connect();
    resolvesTheCluster();

    resolved.restart();

    Until.holds(ResolvedIT::resolvesTheCluster);

    resolved.restartForgetful();

    Until.holds(ResolvedIT::resolvesTheCluster);
    assertThat(resolved.status("tel0")).contains("-DefaultRoute -LLMNR -mDNS");
  }

  @Test
  void putsTheSettingsBackThatAnotherProgramChanges() throws IOException {
    client = programs.connect();
    resolvesTheCluster();

    resolved.control("revert", "tel0");

    Until.holds(ResolvedIT::resolvesTheCluster);
  }

  @Test
  void interceptsIfAskedTo() throws IOException {
    client = programs.connect("-dns=intercept");

    assertThat(client.output()).contains(INTERCEPT + "-dns=intercept says so");
    assertThat(dig(LabNet.WEB_NAME)).isEqualTo(LabNet.WEB_SERVICE.v4());
    assertThat(dig(LabNet.OUTSIDE_NAME)).isEqualTo(LabNet.OUTSIDE.v4());
    assertThat(getent("web")).startsWith(LabNet.WEB_SERVICE.v4());
    assertThat(resolved.status()).doesNotContain("cluster.local");
  }

  private static void resolvesTheCluster() throws IOException {
    assertThat(dig(LabNet.WEB_NAME)).isEqualTo(LabNet.WEB_SERVICE.v4());
    assertThat(dig("+tcp", LabNet.WEB_NAME)).isEqualTo(LabNet.WEB_SERVICE.v4());
    assertThat(dig(LabNet.WEB_NAME, "AAAA")).isEqualTo(LabNet.WEB_SERVICE.v6());
    for (String shorter : new String[] {"web", "web.default", "web.default.svc"}) {
      assertThat(getent(shorter)).as(shorter).startsWith(LabNet.WEB_SERVICE.v4());
    }
    assertThat(resolved.control("query", "--legend=no", "web"))
        .contains(LabNet.WEB_SERVICE.v4(), "link: tel0");
    assertThat(resolved.control("query", "--legend=no", "web.default"))
        .contains(LabNet.WEB_SERVICE.v4(), "link: tel0");
    assertThat(dig(LabNet.BIG_NAME).lines()).hasSize(LabNet.BIG_NAME_ADDRESSES);
    assertThat(dig("-x", LabNet.WEB_SERVICE.v4())).isEqualTo(LabNet.WEB_NAME + ".");
  }

  private static String dig(String... words) throws IOException {
    String[] line = new String[words.length + 3];
    line[0] = "dig";
    line[1] = "+short";
    line[2] = "+time=5";
    System.arraycopy(words, 0, line, 3, words.length);
    return laptop.run(line).stdout().strip();
  }

  private static String getent(String name) throws IOException {
    return laptop.run("getent", "ahostsv4", name).stdout();
  }
}
