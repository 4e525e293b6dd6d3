package dev.teletun.client.cluster.reach;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.access.StubApiServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PodLookupTest {
  @TempDir Path directory;

  @Test
  void findsTheAddressOfARunningPodByOneCall() throws Exception {
    try (StubApiServer server = StubApiServer.answering(200, pod("Running", "10.0.2.7"))) {
      Path config = StubApiServer.kubeconfig(directory, server.url());

      PodAddress found = find(Map.of(), Optional.of(config), "web-0");

      assertThat(found.address()).isEqualTo(InetAddress.ofLiteral("10.0.2.7"));
      assertThat(found.pod()).hasToString("shop/web-0");
      assertThat(server.asked())
          .containsExactly("GET /api/v1/namespaces/shop/pods/web-0 Bearer secret-token");
    }
  }

  @Test
  void asksInTheNamespaceThatIsNamed() throws Exception {
    try (StubApiServer server = StubApiServer.answering(200, pod("Running", "fd00::7"))) {
      Path config = StubApiServer.kubeconfig(directory, server.url());

      find(Map.of("KUBECONFIG", config.toString()), Optional.empty(), "bank/web-0");

      assertThat(server.asked().getFirst()).contains("/namespaces/bank/pods/web-0 ");
    }
  }

  @Test
  void saysHowToListThePodsWhenThereIsNone() throws Exception {
    failure(404, status("NotFound"))
        .withMessageContaining("no pod \"web-0\" in namespace \"shop\" of context \"staging\"")
        .withMessageContaining("kubectl get pods -n shop")
        .matches(e -> !e.refused());
  }

  @Test
  void namesThePodThatMayBeMeant() throws Exception {
    failure(uri ->
            uri.endsWith("/pods")
                ? new StubApiServer.Answer(
                    200,
                    "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[%s,%s]}"
                        .formatted(
                            pod("Running", "10.0.2.7").replace("web-0", "db-0"),
                            pod("Running", "10.0.2.8").replace("web-0", "web-1")))
                : new StubApiServer.Answer(404, status("NotFound")))
        .withMessageContaining("\"staging\". Did you mean web-1? List them with: ");
  }

  @Test
  void refusesAPodWhoseContainersDoNotRun() throws Exception {
    failure(
            200,
            running(
                """
                {"name":"main","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s"}}}\
                """))
        .withMessage(
            "no container of pod \"shop/web-0\" runs (container main: CrashLoopBackOff, back-off 10s). See why with: kubectl describe pod web-0 -n shop");
    failure(200, running("{\"name\":\"main\",\"state\":{\"terminated\":{\"exitCode\":3}}}"))
        .withMessageContaining("runs (container main ended with code 3). See");
  }

  @Test
  void takesAPodOfWhichOneContainerRuns() throws Exception {
    String json =
        running(
            """
            {"name":"side","state":{"terminated":{"exitCode":3}}},{"name":"main","state":{"running":{}}}\
            """);
    try (StubApiServer server = StubApiServer.answering(200, json)) {
      Path config = StubApiServer.kubeconfig(directory, server.url());

      assertThat(find(Map.of(), Optional.of(config), "web-0").pod()).hasToString("shop/web-0");
    }
  }

  @Test
  void saysWhyAPodIsPending() throws Exception {
    failure(
            200,
            pod("Pending", "")
                .replace(
                    "\"phase\"",
                    "\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\",\"message\":\"0/1 nodes\"}],\"phase\""))
        .withMessage(
            "pod \"shop/web-0\" is not running but Pending (0/1 nodes). See why with: kubectl describe pod web-0 -n shop");
  }

  @Test
  void refusesAPairWhoseHalvesAreOnTwoNodes() throws Exception {
    failure(halves("n2"))
        .withMessage(
            "pod \"shop/web-0\" is on node n1 but server-cluster's, \"web-c\", on node n2: on two nodes they share no socket. Deploy them onto one, as the affinity of deploy/pair/pair.yaml does, or both in one pod: teletun up -layout=one-pod");
    try (StubApiServer server = StubApiServer.answering(halves("n1"))) {
      Path config = StubApiServer.kubeconfig(directory, server.url());

      assertThat(find(Map.of(), Optional.of(config), "web-0").pod()).hasToString("shop/web-0");
      assertThat(server.asked().getLast())
          .contains("app.kubernetes.io%2Finstance%3Dann", "app.kubernetes.io%2Fcomponent");
    }
  }

  private static Function<String, StubApiServer.Answer> halves(String node) {
    String external =
        pod("Running", "10.0.2.7")
            .replace(
                "\"namespace\"",
                "\"labels\":{\"app.kubernetes.io/name\":\"teletun\",\"app.kubernetes.io/instance\":\"ann\",\"app.kubernetes.io/component\":\"server-external\"},\"namespace\"")
            .replace("\"status\":", "\"spec\":{\"nodeName\":\"n1\"},\"status\":");
    String cluster =
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web-c\"},\"spec\":{\"nodeName\":\"%s\"}}"
            .formatted(node);
    return uri ->
        new StubApiServer.Answer(
            200,
            uri.contains("labelSelector")
                ? "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[%s]}".formatted(cluster)
                : external);
  }

  private static String running(String containers) {
    return pod("Running", "10.0.2.7")
        .replace("\"phase\"", "\"containerStatuses\":[%s],\"phase\"".formatted(containers.strip()));
  }

  private ThrowableAssertAlternative<ClusterException> failure(
      Function<String, StubApiServer.Answer> answers) throws IOException {
    try (StubApiServer server = StubApiServer.answering(answers)) {
      return failure(StubApiServer.kubeconfig(directory, server.url()));
    }
  }

  @Test
  void isRefusedWhenTheCredentialsAreNotAccepted() throws Exception {
    failure(401, status("Unauthorized"))
        .withMessageContaining("credentials of context \"staging\" (401). Log in")
        .withMessageNotContaining("secret-token")
        .matches(ClusterException::refused);
  }

  @Test
  void isRefusedWhenTheUserMayNotReadPods() throws Exception {
    failure(403, status("Forbidden"))
        .withMessageContaining("kubectl auth can-i get pods -n shop")
        .matches(ClusterException::refused);
  }

  @Test
  void passesOnAnyOtherAnswer() throws Exception {
    failure(503, status("ServiceUnavailable")).withMessageContaining("answered 503");
  }

  @ParameterizedTest
  @CsvSource({"Pending, ''", "Succeeded, 10.0.2.7", "Failed, 10.0.2.7"})
  void refusesAPodThatIsNotRunning(String phase, String ip) throws Exception {
    failure(200, pod(phase, ip))
        .withMessageContaining("is not running but " + phase)
        .withMessageContaining("kubectl describe pod web-0 -n shop");
  }

  @Test
  void refusesAPodThatIsBeingDeleted() throws Exception {
    String leaving =
        pod("Running", "10.0.2.7")
            .replace("\"name\"", "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"name\"");

    failure(200, leaving).withMessageContaining("being deleted");
  }

  @Test
  void refusesAPodWithoutAnAddress() throws Exception {
    failure(200, pod("Running", "")).withMessageContaining("no IP address yet. Wait");
  }

  @Test
  void refusesAnAddressThatIsNone() throws Exception {
    failure(200, pod("Running", "evil.example")).withMessageContaining("not an IP address");
  }

  @Test
  void saysWhenNobodyListensAtTheApiServersAddress() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path config = StubApiServer.kubeconfig(directory, "http://127.0.0.1:" + port);

    failure(config)
        .withMessageContaining("http://127.0.0.1:" + port)
        .withMessageContaining("cannot be asked: connection refused")
        .withMessageContaining("-address=HOST")
        .matches(e -> !e.refused());
  }

  @Test
  void saysWhenTheApiServersNameDoesNotResolve() throws Exception {
    failure(StubApiServer.kubeconfig(directory, "http://no-such-server.invalid:6443"))
        .withMessageContaining("cannot be asked: its name does not resolve");
  }

  /** The JDK's client now and then misses that TLS failed, and waits for its time limit instead. */
  @Test
  void saysWhenTheApiServerSpeaksNoTls() throws Exception {
    Thread speaker;
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      speaker = Thread.ofPlatform().start(() -> refuseTls(plain));
      Path config =
          StubApiServer.kubeconfig(directory, "https://127.0.0.1:" + plain.getLocalPort());
      List<String> said = new ArrayList<>();
      while (said.size() < 3 && said.stream().noneMatch(m -> m.contains("TLS failed"))) {
        failure(config).satisfies(e -> said.add(String.valueOf(e.getMessage())));
      }
      assertThat(said.getLast()).contains("cannot be asked: TLS failed");
    }
    speaker.join();
  }

  private static void refuseTls(ServerSocket plain) {
    while (!plain.isClosed()) {
      try (Socket accepted = plain.accept()) {
        accepted.getInputStream().read(); // a server answers what it was asked
        accepted.getOutputStream().write("HTTP/1.0 400 no\r\n\r\n".getBytes(US_ASCII));
        accepted.getInputStream().readAllBytes();
      } catch (IOException e) { // the client has gone, or all is over
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void givesUpOnAnApiServerThatNeverAnswers() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path config = StubApiServer.kubeconfig(directory, "http://127.0.0.1:" + mute.getLocalPort());

      failure(config).withMessageContaining("cannot be asked: no answer within 10 s");
    }
  }

  private ThrowableAssertAlternative<ClusterException> failure(int status, String json)
      throws IOException {
    try (StubApiServer server = StubApiServer.answering(status, json)) {
      return failure(StubApiServer.kubeconfig(directory, server.url()));
    }
  }

  private static ThrowableAssertAlternative<ClusterException> failure(Path config) {
    return assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> find(Map.of(), Optional.of(config), "web-0"));
  }

  private static PodAddress find(
      Map<String, String> environment, Optional<Path> kubeconfig, String pod)
      throws ClusterException {
    ClusterChoice choice = new ClusterChoice(kubeconfig, Optional.empty(), Optional.empty());
    try (ClusterApi api = ClusterApi.open(environment, choice)) {
      return PodLookup.find(api, pod);
    }
  }

  private static String pod(String phase, String ip) {
    return """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"shop"},
     "status":{"phase":"%s","podIP":"%s"}}
    """
        .formatted(phase, ip);
  }

  private static String status(String reason) {
    return """
    {"apiVersion":"v1","kind":"Status","status":"Failure","reason":"%s","message":"no"}
    """
        .formatted(reason);
  }
}
