package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.e2e.Download;
import dev.teletun.e2e.Until;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What dies under a connection: places, the pair, the API server, the container runtime. */
@Tag("cluster")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
  private static final String NAME = "-name=teletun-faults";
  private static final Pattern CONNECTED = Pattern.compile("^connected as ");
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** A watch whose API server says nothing more is given up after 75 s at most. */
  private static final Duration WATCH_LIMIT = Duration.ofSeconds(100);

  private RealCluster cluster;
  private CloseStack started = new CloseStack();
  private String web;
  private int services;

  @BeforeAll
  void open() throws IOException {
    cluster = RealCluster.inNamespace("faults");
    web = "http://" + cluster.field("service/web", ".spec.clusterIP");
  }

  @AfterAll
  void close() throws IOException {
    if (cluster != null) {
      cluster.teletun("down", NAME).orThrow();
      cluster.close();
    }
  }

  @AfterEach
  void unblockAndEnd() throws IOException {
    try (CloseStack ending = started) {
      ending.own(this::unblock);
      started = new CloseStack();
    }
    assertThat(cluster.routes()).isEmpty();
  }

  @Test
  void theNodePortIsBlockedUnderADownloadAndComesBack() throws IOException {
    RunningProgram client = connect();
    awaitNodePort();
    Download download = download(25);
    download.awaitSteadiness();

    blockNodePort();
    client.awaitLine(Pattern.compile("^node port .* does not answer"), LIMIT);
    client.awaitLine(Pattern.compile("^connected again after .*, by port-forward"), LIMIT);
    download.awaitProgress();
    unblock();
    awaitNodePort();

    assertThat(download.sha256()).isEqualTo(download.expected());
  }

  @Test
  void thePortForwardIsAllThatGetsThrough() throws IOException {
    connect().signal("TERM"); // the pair is there, and so is its node port
    started.close();
    blockNodePort();

    assertThat(connect().output()).contains("to port-forward through ");

    assertThat(fetch()).startsWith("web serves ");
  }

  @Test
  void theNodePortIsAllThatGetsThrough() throws IOException {
    connect();

    blockApiServer();
    Download download = download(3);

    assertThat(download.sha256()).isEqualTo(download.expected());
  }

  @Test
  void thePairIsDeletedAndMadeAgainWithOtherAddresses() throws IOException {
    RunningProgram client = connect();
    String before = cluster.field("pod/teletun-faults-cluster", ".status.podIP");

    cluster.kubectl("delete", "pods", "-l=app.kubernetes.io/name=teletun");
    client.awaitLine(Pattern.compile("^still not connected: there is no pod"), LIMIT);
    assertThat(cluster.status()).contains("lost, dialling again", "there is no pod");
    cluster.apply(cluster.teletun("deploy", "--print", NAME).orThrow());

    client.awaitLine(Pattern.compile("^the pod was replaced: this host is "), LIMIT);
    client.awaitLine(Pattern.compile("^connected again after .* in a new session"), LIMIT);
    String after = cluster.field("pod/teletun-faults-cluster", ".status.podIP");
    assertThat(after).isNotEqualTo(before);
    Until.holds(() -> assertThat(fetch()).isEqualTo("web serves " + after));
  }

  @Test
  void thePairIsTakenDownFromElsewhere() throws IOException {
    RunningProgram client = connect();

    cluster.teletun("down", NAME).orThrow();

    client.awaitLine(Pattern.compile("^still not connected: there is no pod"), LIMIT);
    client.signal("TERM");
    client.awaitExit(LIMIT);
    assertThat(cluster.routes()).isEmpty();
  }

  @Test
  void theContainerRuntimeIsKilledAndRestarted() throws IOException {
    Kit kit = Kit.orSkip(cluster.host());
    connect();
    Download download = download(8);
    download.awaitProgress();

    kit.kill("containerd");
    try {
      download.awaitProgress();
      assertThat(fetch()).startsWith("web serves ");
    } finally {
      kit.repair();
    }

    assertThat(download.sha256()).isEqualTo(download.expected());
    assertThat(cluster.kubectl("exec", "web", "--", "echo", "here")).isEqualTo("here");
  }

  @Test
  void theApiServerIsKilledAndRestarted() throws IOException {
    Kit kit = Kit.orSkip(cluster.host());
    connect("-routes=hosts");
    List<String> routes = cluster.routes();
    Download download = download(8);
    download.awaitProgress();

    kit.kill("apiserver");
    try {
      Until.holds(() -> assertThat(cluster.status()).contains("clusterTrouble"));
      assertThat(cluster.routes()).containsAll(routes);
      download.awaitProgress();
    } finally {
      kit.repair();
    }

    aNewServiceIsFollowed();
    assertThat(download.sha256()).isEqualTo(download.expected());
  }

  @Test
  void theApiServerVanishesForAWhile() throws IOException {
    Kit kit = Kit.orSkip(cluster.host());
    connect("-routes=hosts");
    List<String> routes = cluster.routes();
    blockApiServer();
    Download download = download(15);

    String namespace = "-n=" + cluster.namespace();
    kit.kubectlOnNode(namespace, "create", "service", "clusterip", "unseen", "--tcp=80");
    String ip = "jsonpath={.spec.clusterIP}";
    String address = kit.kubectlOnNode(namespace, "get", "service/unseen", "-o", ip);
    assertThat(download.sha256()).isEqualTo(download.expected());
    assertThat(cluster.routes()).containsAll(routes).doesNotContain(address);
    unblock();

    Until.holds(WATCH_LIMIT, () -> assertThat(cluster.routes()).contains(address));
  }

  @Test
  void theWatchesAreCut() throws IOException {
    connect("-routes=hosts");

    cutWatches();

    aNewServiceIsFollowed();
  }

  @Test
  void rightsAreTakenAwayAndTheTokenEnds() throws IOException {
    try (RestrictedUser user = RestrictedUser.in(cluster)) {
      RunningProgram client = connect("-routes=hosts", "-kubeconfig=" + user.kubeconfig());
      List<String> routes = cluster.routes();

      user.takeRights();
      cutWatches();
      Until.holds(() -> assertThat(cluster.status()).contains("403"));
      assertThat(cluster.routes()).containsAll(routes);
      user.giveRights();
      aNewServiceIsFollowed();

      user.endToken();
      cutWatches();
      Until.holds(() -> assertThat(cluster.status()).contains("401"));
      assertThat(cluster.routes()).containsAll(routes);
      assertThat(fetch()).startsWith("web serves ");
      user.renewToken();
      aNewServiceIsFollowed();
      assertThat(client.isAlive()).isTrue();
    }
  }

  private RunningProgram connect(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("up", NAME));
    words.addAll(List.of(options));
    RunningProgram client = started.own(cluster.startTeletun(words.toArray(String[]::new)));
    client.awaitLine(CONNECTED, LIMIT);
    return client;
  }

  private Download download(int seconds) throws IOException {
    return started.own(Download.begin(cluster.host(), web, seconds));
  }

  private String fetch() throws IOException {
    return cluster.host().run("curl", "-sS", "--fail", "-m", "10", web).orThrow().strip();
  }

  private void aNewServiceIsFollowed() throws IOException {
    services++;
    String name = "new-" + services;
    cluster.kubectl("create", "service", "clusterip", name, "--tcp=80");
    String address = cluster.field("service/" + name, ".spec.clusterIP");
    Until.holds(LIMIT, () -> assertThat(cluster.routes()).contains(address));
  }

  /** Ends the connections to the API server, as a proxy on the way would. */
  private void cutWatches() throws IOException {
    cluster.host().run("ss", "-K", "-t", "dport = 6443").orThrow();
  }

  /** A machine that is busy may have taken the port-forward at first. */
  private void awaitNodePort() throws IOException {
    Until.holds(
        LIMIT,
        () ->
            assertThat(cluster.status()).containsPattern("\"endpointKind\"\\s*:\\s*\"node port\""));
  }

  private void blockNodePort() throws IOException {
    String ports = cluster.field("service/teletun-faults", ".spec.ports[*].nodePort");
    block("{ %s }".formatted(ports.replace(" ", ", ")));
  }

  private void blockApiServer() throws IOException {
    block("6443");
  }

  /** Both ways: of a watch, what it says gets through without the answers of here. */
  private void block(String ports) throws IOException {
    String rules =
        """
        table inet faults {
          chain o { type filter hook output priority 0; meta l4proto { tcp, udp } th dport %1$s drop; }
          chain i { type filter hook input priority 0; meta l4proto { tcp, udp } th sport %1$s drop; }
        }
        """
            .formatted(ports);
    cluster.host().runWithInput(rules, "nft", "-f", "-").orThrow();
  }

  private void unblock() throws IOException {
    // Declared first, so that deleting it never fails: nft before 1.0.7 has no "destroy".
    cluster.host().shell("nft 'table inet faults; delete table inet faults'").orThrow();
  }
}
