package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What works through a pair that {@code teletun up} has brought up. */
@Tag("cluster")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TunnelIT {
  private static final Pattern CONNECTED =
      Pattern.compile("\"connected\".*\"addresses\":\\[([^]]+)]");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final CloseStack owned = new CloseStack();
  private RealCluster cluster;
  private List<String> pod;

  @BeforeAll
  void connect() throws IOException {
    cluster = owned.own(RealCluster.inNamespace("e2e"));
    owned.own(() -> cluster.teletun("down").orThrow());
    RunningProgram up = owned.own(cluster.startTeletun("up", "-output=json", "-expose=9090"));
    var connected = CONNECTED.matcher(up.awaitLine(CONNECTED, LIMIT));
    assertThat(connected.find()).isTrue();
    pod = List.of(connected.group(1).replace("\"", "").split(",", -1));
  }

  @AfterAll
  void disconnect() throws IOException {
    owned.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"web.%s", "web.%s.svc.cluster.local", "web-headless.%s:8080"})
  void fetchesByNameAndIsSeenAsThePod(String name) throws IOException {
    assertThat(fetch("http://%s/".formatted(name.formatted(cluster.namespace()))))
        .isIn(pod.stream().map("web serves %s"::formatted).toList());
  }

  @Test
  void fetchesByThePodsAddress() throws IOException {
    String web = cluster.field("pod/web", ".status.podIP");

    assertThat(fetch("http://%s:8080/".formatted(web)))
        .isEqualTo("web serves %s".formatted(pod.getFirst()));
  }

  @Test
  void fetchesByEveryAddressOfAService() throws IOException {
    for (String address : cluster.field("service/web", ".spec.clusterIPs[*]").split(" ", -1)) {
      String host = address.contains(":") ? "[%s]".formatted(address) : address;
      assertThat(fetch("http://%s/".formatted(host))).startsWith("web serves ");
    }
  }

  @Test
  void carriesUdp() throws IOException {
    Run answer =
        cluster
            .host()
            .shell(
                "echo hello | socat -t3 - UDP:echo.%s.svc.cluster.local:7070"
                    .formatted(cluster.namespace()));

    assertThat(answer.orThrow()).isEqualTo("hello\n");
  }

  @Test
  void aPodConnectsToAListenerHere() throws IOException {
    try (RunningProgram listener =
        cluster.host().start("socat", "TCP-LISTEN:9090,reuseaddr", "SYSTEM:echo from the laptop")) {
      String heard =
          cluster.kubectl(
              "exec",
              "web",
              "--",
              "sh",
              "-c",
              "sleep 1; nc -w 5 %s 9090 </dev/null".formatted(pod.getFirst()));

      assertThat(heard).isEqualTo("from the laptop");
      assertThat(listener.awaitExit(Duration.ofSeconds(10))).isZero();
    }
  }

  @Test
  void kubectlGoesOnWorking() throws IOException {
    assertThat(cluster.kubectl("get", "pods", "-o", "name")).contains("pod/web", "pod/echo");
  }

  @Test
  void aLargeDownloadArrivesUnchanged() throws IOException {
    String url = "http://web.%s.svc.cluster.local".formatted(cluster.namespace());
    String sum = fetch(url + "/sha256/50000000");

    assertThat(
            cluster
                .host()
                .shell("curl -sS --fail -m 60 %s/bytes/50000000 | sha256sum".formatted(url))
                .orThrow())
        .startsWith(sum);
  }

  private String fetch(String url) throws IOException {
    return cluster.host().run("curl", "-sS", "--fail", "-m", "10", url).orThrow().strip();
  }
}
