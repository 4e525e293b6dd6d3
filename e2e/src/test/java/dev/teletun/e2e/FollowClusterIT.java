package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.api.ApiServer;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  private static final String SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";
  private static final String CONFIG_MAPS = "/api/v1/namespaces/kube-system/configmaps";
  private static final String NODES = "/api/v1/nodes";
  private static final String SERVICES = "/api/v1/services";
  private static final String PODS = "/api/v1/pods";
  private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";

  private static Programs programs;
  private ApiServer api;
  private Path kubeconfig;

  @BeforeAll
  static void start() throws IOException {
    programs = Programs.in("foll", LabOptions.DEFAULT);
    programs.startCluster();
    programs.startExternal();
  }

  @AfterAll
  static void end() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void startApiServer() throws IOException {
    try (NetworkNamespace node = NetworkNamespace.ofProcess(programs.lab().node().pid())) {
      InetSocketAddress any = new InetSocketAddress(Addresses.parse(LabNet.NODE.v4()), 0);
      api = node.call(() -> ApiServer.open(any));
    }
    List.of(CONFIG_MAPS, NODES, SERVICES, PODS, SLICES).forEach(api::know);
    cidrs(LabNet.SERVICES.v4(), LabNet.SERVICES.v6());
    api.put(
        NODES,
        "lab-node",
        "\"spec\":{\"podCIDRs\":[\"%s\",\"%s\"]}".formatted(LabNet.PODS.v4(), LabNet.PODS.v6()));
    kubeconfig =
        Files.writeString(
            programs.lab().directory().resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: lab
            contexts: [{name: lab, context: {cluster: lab, user: lab}}]
            clusters: [{name: lab, cluster: {server: "http://%s:%d"}}]
            users: [{name: lab, user: {token: none}}]
            """
                .formatted(LabNet.NODE.v4(), api.port()));
  }

  @AfterEach
  void endApiServer() {
    api.close();
  }

  @Test
  void routesTheClusterWithoutBeingToldWhere() throws IOException {
    try (RunningProgram client = connect()) {
      assertThat(routes())
          .contains(LabNet.SERVICES.v4(), LabNet.SERVICES.v6(), LabNet.PODS.v4(), LabNet.PODS.v6());
      String page =
          programs.laptop().run("curl", "-sS", "-m5", "http://" + LabNet.WEB_NAME).orThrow();
      assertThat(page).isNotEmpty();
      assertThat(status())
          .contains(LabNet.SERVICES.v4() + " (ServiceCIDR API, high confidence, since 20")
          .contains(LabNet.PODS.v4() + " (the nodes' podCIDRs, high confidence, since 20");
      stop(client);
    }
  }

  @Test
  void followsServicesAndLosesNoneWhileTheApiServerFails() throws IOException {
    service("shop/web", "10.96.7.1");
    try (RunningProgram client = connect("-routes=hosts")) {
      assertThat(routes()).contains("10.96.7.1").doesNotContain(LabNet.SERVICES.v4());

      service("shop/db", "10.96.7.2");
      Until.holds(() -> assertThat(routes()).contains("10.96.7.2"));
      api.delete(SERVICES, "shop/web");
      Until.holds(() -> assertThat(routes()).doesNotContain("10.96.7.1"));

      api.refuse(500);
      client.awaitLine(Pattern.compile("answers 500"), Programs.LIMIT);
      service("shop/late", "10.96.7.3");
      assertThat(routes()).contains("10.96.7.2").doesNotContain("10.96.7.3");
      api.recover();
      Until.holds(() -> assertThat(routes()).contains("10.96.7.2", "10.96.7.3"));
      stop(client);
    }
  }

  @Test
  void neverRoutesWhatItselfRunsTo() throws IOException {
    cidrs("172.16.0.0/12");
    service("shop/endpoint", LabNet.NODE.v4());
    service("shop/gateway", LabNet.ROUTER_LAN.v4());
    service("shop/neighbour", "192.168.50.77");
    service("shop/loopback", "127.0.0.1");
    try (RunningProgram client = connect("-routes=hosts")) {
      service("shop/later", LabNet.NODE.v4());
      service("shop/web", "10.96.7.1");
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
    service("shop/web", "10.96.7.1");
    try (RunningProgram client = connectBeside("10.0.0.0/8")) {
      assertThat(routes()).contains("10.96.7.1").doesNotContain(LabNet.SERVICES.v4());
      assertThat(way("10.96.7.2")).doesNotContain("tel");
      service("shop/db", "10.96.7.2");
      Until.holds(() -> assertThat(way("10.96.7.2")).contains("tel"));
      programs.laptop().run("ip", "route", "delete", "10.0.0.0/8").orThrow();
      Until.holds(() -> assertThat(routes()).contains(LabNet.SERVICES.v4()));
      stop(client);
    }
  }

  @Test
  void connectsWhileTheApiServerHangs() throws IOException {
    api.hang(true);
    try (RunningProgram client = connect("-exclude=10.96.128.0/17")) {
      assertThat(client.output()).doesNotContain("cannot be asked");
      api.recover();
      Until.holds(() -> assertThat(routes()).contains("10.96.0.0/17", LabNet.PODS.v4()));
      assertThat(way("10.96.200.1")).doesNotContain("tel");
      stop(client);
    }
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

  private void cidrs(String... cidrs) {
    api.put(
        SERVICE_CIDRS,
        "kubernetes",
        "\"spec\":{\"cidrs\":[\"%s\"]}".formatted(String.join("\",\"", cidrs)));
  }

  private void service(String name, String ip) {
    api.put(
        SERVICES,
        name,
        "\"spec\":{\"clusterIP\":\"%s\",\"clusterIPs\":[\"%s\"]}".formatted(ip, ip));
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
