package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.api.PlayedCluster;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The laptop's routes are what the API server says, and what the laptop can bear. */
@Tag("netns")
@Timeout(180)
class FollowClusterIT {
  // A tenth of what bench/cluster measures.
  private static final int SERVICES = 1_000;
  private static final int PODS = 500;
  private static final int CHANGES = 300;
  private static final String NAME_SERVER = LabNet.DNS_SERVICE.v4();
  private static final String FAR = LabNet.FAR_SERVICE.v4();
  private static final String FAR_NAME = LabNet.FAR_NAME;

  private static Programs programs;
  private PlayedCluster cluster;
  private Path kubeconfig;

  @BeforeAll
  static void start() throws IOException {
    programs = Programs.servers("foll");
  }

  @AfterAll
  static void end() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void startApiServer() throws IOException {
    cluster = programs.playCluster();
    kubeconfig = cluster.kubeconfig(programs.lab().directory());
  }

  @AfterEach
  void endApiServer() {
    cluster.close();
  }

  @Test
  void routesTheClusterWithoutBeingToldWhere() throws IOException {
    try (RunningProgram client = connect()) {
      assertThat(routes())
          .contains(LabNet.SERVICES.v4(), LabNet.SERVICES.v6(), LabNet.PODS.v4(), LabNet.PODS.v6());
      String page =
          programs.laptop().run("curl", "-sS", "-m10", "http://" + LabNet.WEB_NAME).orThrow();
      assertThat(page).isNotEmpty();
      assertThat(status())
          .contains(LabNet.SERVICES.v4() + " (ServiceCIDR API, high confidence, since 20")
          .contains(LabNet.PODS.v4() + " (the nodes' podCIDRs, high confidence, since 20");
      stop(client);
    }
  }

  @Test
  void followsServicesAndLosesNoneWhileTheApiServerFails() throws IOException {
    cluster.service("shop/web", "10.96.7.1");
    try (RunningProgram client = connect("-routes=hosts")) {
      assertThat(routes()).contains("10.96.7.1").doesNotContain(LabNet.SERVICES.v4());

      cluster.service("shop/db", "10.96.7.2");
      Until.holds(() -> assertThat(routes()).contains("10.96.7.2"));
      cluster.deleteService("shop/web");
      Until.holds(() -> assertThat(routes()).doesNotContain("10.96.7.1"));

      cluster.api().refuse(500);
      client.awaitLine(Pattern.compile("answers 500"), Programs.LIMIT);
      cluster.service("shop/late", "10.96.7.3");
      assertThat(routes()).contains("10.96.7.2").doesNotContain("10.96.7.3");
      cluster.api().recover();
      Until.holds(() -> assertThat(routes()).contains("10.96.7.2", "10.96.7.3"));
      stop(client);
    }
  }

  @Test
  void neverRoutesWhatItselfRunsTo() throws IOException {
    cluster.serviceCidrs("172.16.0.0/12");
    cluster.service("shop/endpoint", LabNet.NODE.v4());
    cluster.service("shop/gateway", LabNet.ROUTER_LAN.v4());
    cluster.service("shop/neighbour", "192.168.50.77");
    cluster.service("shop/loopback", "127.0.0.1");
    try (RunningProgram client = connect("-routes=hosts")) {
      cluster.service("shop/later", LabNet.NODE.v4());
      cluster.service("shop/web", "10.96.7.1");
      Until.holds(() -> assertThat(routes()).contains("10.96.7.1"));
      assertThat(way(LabNet.NODE.v4())).doesNotContain("tel");
      assertThat(routes())
          .doesNotContain(LabNet.NODE.v4(), LabNet.ROUTER_LAN.v4(), "192.168.50.77");
      assertThat(status()).contains("127.0.0.1 of Service shop/loopback is a loopback address");
      stop(client);
    }
    try (RunningProgram client = connect()) {
      assertThat(way("172.20.1.1")).contains("tel");
      assertThat(way(LabNet.NODE.v4())).doesNotContain("tel");
      stop(client);
    }
  }

  @Test
  void takesSingleAddressesWhereAPrefixCollides() throws IOException {
    cluster.service("shop/web", "10.96.7.1");
    try (RunningProgram client = connectBeside("10.0.0.0/8")) {
      assertThat(routes()).contains("10.96.7.1").doesNotContain(LabNet.SERVICES.v4());
      assertThat(way("10.96.7.2")).doesNotContain("tel");
      cluster.service("shop/db", "10.96.7.2");
      Until.holds(() -> assertThat(way("10.96.7.2")).contains("tel"));
      programs.laptop().run("ip", "route", "delete", "10.0.0.0/8").orThrow();
      Until.holds(() -> assertThat(routes()).contains(LabNet.SERVICES.v4()));
      stop(client);
    }
  }

  @Test
  void connectsWhileTheApiServerHangs() throws IOException {
    cluster.api().hang(true);
    try (RunningProgram client = connect("-exclude=10.96.128.0/17")) {
      assertThat(client.output()).doesNotContain("cannot be asked");
      cluster.api().recover();
      Until.holds(() -> assertThat(routes()).contains("10.96.0.0/17", LabNet.PODS.v4()));
      assertThat(way("10.96.200.1")).doesNotContain("tel");
      stop(client);
    }
  }

  @Test
  void routesWhatTheDnsAnswersWithBeforeWhoeverAskedHearsIt() throws IOException {
    cluster.api().refuse(403);
    try (RunningProgram client = connect()) {
      assertThat(client.output()).contains("what the cluster's DNS answers with is added");
      assertThat(way(FAR)).doesNotContain("tel");

      String asked =
          programs
              .laptop()
              .run("sh", "-c", "getent ahostsv4 %s; ip route get %s".formatted(FAR_NAME, FAR))
              .orThrow();

      assertThat(asked).contains(FAR_NAME).contains(FAR + " dev tel");
      String page = programs.laptop().run("curl", "-sS", "-m10", "http://" + FAR_NAME).orThrow();
      assertThat(page).isNotEmpty();
      assertThat(status()).contains(FAR + "/32 (answered by the cluster's DNS, medium confidence");
      stop(client);
    }
  }

  @Test
  void resolvesTheNamesOfNamespacesThatComeAndGo() throws IOException {
    try (RunningProgram client = connect()) {
      assertThat(resolve("far.office")).isEmpty();

      cluster.namespace("office");
      Until.holds(() -> assertThat(resolve("far.office")).startsWith(FAR));

      cluster.api().delete(PlayedCluster.NAMESPACES, "office");
      Until.holds(() -> assertThat(resolve("far.office")).isEmpty());
      stop(client);
    }
  }

  private static String resolve(String name) throws IOException {
    return programs.laptop().run("getent", "ahostsv4", name).stdout();
  }

  @Test
  void losesNothingOfALargeClusterInAFloodOfChanges() throws IOException {
    StringBuilder names = new StringBuilder();
    cluster.service("shop/web", LabNet.WEB_SERVICE.v4());
    Set<String> expected = new HashSet<>(Set.of(LabNet.WEB_SERVICE.v4()));
    for (int i = 0; i < SERVICES; i++) {
      cluster.service("shop/s" + i, serviceAddress(i));
      expected.add(serviceAddress(i));
      names.append("%s s%d.shop.svc.cluster.local\n".formatted(serviceAddress(i), i));
    }
    for (int i = 0; i < PODS; i++) {
      String ip = "10.128.%d.%d".formatted(i / 250, i % 250 + 1);
      cluster.pod("shop/p" + i, ip);
      expected.add(ip);
    }
    Files.writeString(programs.lab().clusterRecords().resolve("shop"), names);
    try (RunningProgram client = connect("-routes=hosts")) {
      Until.holds(() -> assertThat(routes()).containsAll(expected));

      for (int i = 0; i < CHANGES; i++) {
        cluster.deleteService("shop/s" + i);
        expected.remove(serviceAddress(i));
        cluster.service("shop/new" + i, serviceAddress(SERVICES + i));
        expected.add(serviceAddress(SERVICES + i));
        if (i == CHANGES / 3) {
          cluster.api().forgetHistory();
        } else if (i == CHANGES / 2) {
          cluster.api().hang(true);
        }
      }
      page();
      cluster.api().recover();

      Until.holds(() ->
          assertThat(routes()).filteredOn(r -> !r.equals(NAME_SERVER)).hasSameElementsAs(expected));
      for (int i = CHANGES; i < CHANGES + 20; i++) {
        assertThat(
                programs
                    .laptop()
                    .run("getent", "ahostsv4", "s%d.shop.svc.cluster.local".formatted(i))
                    .orThrow())
            .startsWith(serviceAddress(i));
      }
      page();
      stop(client);
    }
  }

  private static String serviceAddress(int i) {
    return "10.96.%d.%d".formatted(100 + i / 250, i % 250 + 1);
  }

  private static void page() throws IOException {
    String url = "http://%s/".formatted(LabNet.WEB_SERVICE.v4());
    assertThat(programs.laptop().run("curl", "-sS", "--fail", "-m10", url).orThrow()).isNotEmpty();
  }

  private RunningProgram connectBeside(String other) throws IOException {
    programs.laptop().run("ip", "route", "add", other, "via", LabNet.ROUTER_LAN.v4()).orThrow();
    return connect();
  }

  private RunningProgram connect(String... options) throws IOException {
    String[] more = new String[options.length + 1];
    more[0] = "-kubeconfig=" + kubeconfig;
    System.arraycopy(options, 0, more, 1, options.length);
    return programs.connectWith(more);
  }

  private void stop(RunningProgram client) throws IOException {
    client.signal("TERM");
    client.awaitExit(Programs.LIMIT);
    assertThat(routes()).isEmpty();
  }

  /** Destinations of the routes of ours, of both families. */
  private static List<String> routes() throws IOException {
    String all =
        programs.laptop().run("ip", "-4", "route", "show", "proto", "84").orThrow()
            + programs.laptop().run("ip", "-6", "route", "show", "proto", "84").orThrow();
    return all.lines().map(line -> line.split(" ", 2)[0]).toList();
  }

  private static String way(String to) throws IOException {
    return programs.laptop().run("ip", "route", "get", to).stdout();
  }

  private static String status() throws IOException {
    return programs.laptop().run(programs.teletun("status", "-output=json")).orThrow();
  }
}
