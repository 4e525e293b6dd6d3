package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.e2e.Until;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said, to the letter, where a cluster cannot be used; the host stays as it was. */
@Tag("cluster")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadClusterInputIT {
  private static final int FAILED = 1;
  private static final int REFUSED = 3;
  private static final int PROXY_PORT = 28888;
  private static final String ENFORCE = "pod-security.kubernetes.io/enforce=";
  private static final String CREDENTIAL =
      """
      {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}\
      """;
  private static final String BAD_PODS =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: crashes}
      spec:
        terminationGracePeriodSeconds: 0
        containers: [{name: main, image: "IMAGE", imagePullPolicy: IfNotPresent, command: ["false"]}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: ended}
      spec:
        restartPolicy: Never
        containers: [{name: main, image: "IMAGE", imagePullPolicy: IfNotPresent, command: ["true"]}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: homeless}
      spec:
        nodeSelector: {no: such}
        containers: [{name: main, image: "IMAGE"}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: imageless}
      spec:
        containers: [{name: main, image: "localhost/no-such-image:1", imagePullPolicy: Never}]
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: external
        labels: {app.kubernetes.io/name: teletun, app.kubernetes.io/instance: apart, app.kubernetes.io/component: server-external}
      spec:
        terminationGracePeriodSeconds: 0
        containers:
        - name: main
          image: "IMAGE"
          imagePullPolicy: IfNotPresent
          command: [sleep, infinity]
          volumeMounts: [{name: pair, mountPath: /pair}]
        volumes: # the kit's node has this host's files: what a pair makes its kubelet make is there before we look
        - name: pair
          hostPath: {path: /run/teletun, type: DirectoryOrCreate}
      ---
      apiVersion: v1
      kind: Node
      metadata: {name: FAR}
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: cluster
        labels: {app.kubernetes.io/name: teletun, app.kubernetes.io/instance: apart, app.kubernetes.io/component: server-cluster}
      spec:
        nodeName: FAR
        tolerations: [{operator: Exists}]
        containers: [{name: main, image: "IMAGE"}]
      """;

  private Path directory;
  private RealCluster cluster;
  private Kubeconfigs kubeconfigs;
  private String far;
  private List<String> keys;
  private HostSnapshot before;

  @BeforeAll
  void open(@TempDir Path scratch) throws IOException {
    directory = scratch;
    cluster = RealCluster.empty("lease-bad");
    far = cluster.namespace() + "-far";
    kubeconfigs = new Kubeconfigs(cluster, directory);
    cluster.kubectl("create", "serviceaccount", "nobody");
    cluster.apply(BAD_PODS.replace("IMAGE", RealCluster.TEST_IMAGE).replace("FAR", far));
    cluster.kubectl(
        "patch",
        "pod",
        "cluster",
        "--subresource=status",
        "-p={\"status\":{\"phase\":\"Running\"}}");
    cluster.kubectl("wait", "--for=condition=Ready", "pod/external", "--timeout=60s");
    Path made = directory.resolve("keys");
    cluster.host().run(RealCluster.TELETUN.toString(), "keygen", "-directory=" + made).orThrow();
    keys =
        List.of(
            "-server-pubkey=" + made.resolve("server.pub"),
            "-client-pubkey=" + made.resolve("client.pub"),
            "-client-privkey=" + made.resolve("client.key"));
  }

  @AfterAll
  void close() throws IOException {
    if (cluster != null) {
      cluster.kubectl("delete", "node", far, "--ignore-not-found");
      cluster.kubectl("delete", "pod", "cluster", "--force", "--grace-period=0");
      cluster.close();
    }
  }

  @BeforeEach
  void look() throws IOException {
    before = HostSnapshot.of(cluster.host());
  }

  @AfterEach
  void theHostIsAsItWas() throws IOException {
    assertThat(before.differences(HostSnapshot.of(cluster.host()))).isEmpty();
  }

  @Test
  void wrongContext() throws IOException {
    says(
        FAILED,
        up("-context=no-such-context"),
        "teletun up: kubeconfig %s has no context \"no-such-context\". It knows %s: choose one with -context=NAME"
            .formatted(System.getenv("KUBECONFIG"), kubeconfigs.context()));
  }

  @Test
  void tokenThatIsNotAccepted() throws IOException {
    Path config = kubeconfigs.withPlugin("echo '%s'".formatted(CREDENTIAL.formatted("expired")));

    says(
        REFUSED,
        client("external", config),
        "teletun client: the API server %s does not accept the credentials of context \"%s\" (401). Log in to the cluster again, or try: kubectl get pods -n %s"
            .formatted(kubeconfigs.server(), kubeconfigs.context(), cluster.namespace()));
  }

  @Test
  void aPluginWhoseTokenHasExpiredRenewsIt() throws IOException {
    Path runs = directory.resolve("runs");
    cluster.kubectl(
        "create",
        "rolebinding",
        "look",
        "--clusterrole=view",
        "--serviceaccount=%s:nobody".formatted(cluster.namespace()));
    Path config =
        kubeconfigs.withPlugin(
            """
            echo run >>%s
            if [ "$(wc -l <%s)" = 1 ]; then echo '%s'; else echo '%s'; fi
            """
                .formatted(
                    runs,
                    runs,
                    CREDENTIAL.formatted("expired"),
                    CREDENTIAL.formatted(kubeconfigs.token("nobody"))));
    try {
      says(
          FAILED,
          client("extrenal", config),
          "teletun client: there is no pod \"extrenal\" in namespace \"%s\" of context \"%s\". Did you mean external? List them with: kubectl get pods -n %s; or name another namespace: -pod=NAMESPACE/NAME"
              .formatted(cluster.namespace(), kubeconfigs.context(), cluster.namespace()));
    } finally {
      cluster.kubectl("delete", "rolebinding", "look");
    }
    assertThat(Files.readAllLines(runs)).containsExactly("run", "run");
  }

  @Test
  void aPluginThatFails() throws IOException {
    Path config = kubeconfigs.withPlugin("echo 'log in first' >&2; exit 3");

    says(
        FAILED,
        client("external", config),
        "teletun client: the credential plugin %s of the kubeconfig gave no credentials: it ended with code 3; its own words are above. Try: kubectl get pods"
            .formatted(config.resolveSibling("plugins/plugin-%d".formatted(numberOf(config) - 1))));
  }

  private static int numberOf(Path config) {
    return Integer.parseInt(config.getFileName().toString().replaceFirst(".*-", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ended | pod "NS/ended" is not running but Succeeded (container main ended with code 0).
          homeless | pod "NS/homeless" is not running but Pending (0/\\d+ nodes are available: .*).
          imageless | pod "NS/imageless" is not running but Pending (container main: ErrImageNeverPull, Container image "localhost/no-such-image:1" is not present with pull policy of Never).
          crashes | no container of pod "NS/crashes" runs (container main: CrashLoopBackOff, back-off .*).
          """)
  void podThatDoesNotRun(String pod, String what) throws IOException {
    String status = ".status.containerStatuses[0].state";
    String awaited =
        switch (pod) {
          case "ended" -> "--for=jsonpath={%s.terminated.reason}=Completed".formatted(status);
          case "imageless" ->
              "--for=jsonpath={%s.waiting.reason}=ErrImageNeverPull".formatted(status);
          case "crashes" -> "--for=jsonpath={%s.waiting.reason}=CrashLoopBackOff".formatted(status);
          default -> "--for=condition=PodScheduled=False";
        };
    String sentence =
        Pattern.quote(what.replace("NS", cluster.namespace()))
            .replace("\\d+", "\\E\\d+\\Q")
            .replace(".*", "\\E.*\\Q");

    // one that crashes may be between two back-offs by the time the client asks
    Until.holds(
        Duration.ofSeconds(60),
        () -> {
          cluster.kubectl("wait", awaited, "pod/" + pod, "--timeout=60s");
          matches(
              FAILED,
              client(pod, null),
              "teletun client: %s See why with: kubectl describe pod %s -n %s"
                  .formatted(sentence, pod, cluster.namespace()));
        });
  }

  @Test
  void halvesOnTwoNodes() throws IOException {
    says(
        FAILED,
        client("external", null),
        "teletun client: pod \"%s/external\" is on node %s but server-cluster's, \"cluster\", on node %s: on two nodes they share no socket. Deploy them onto one, as the affinity of deploy/pair/pair.yaml does, or both in one pod: teletun up -layout=one-pod"
            .formatted(cluster.namespace(), cluster.field("pod/external", ".spec.nodeName"), far));
  }

  @Test
  void imageThatIsMissing() throws IOException {
    try {
      matches(
          FAILED,
          up("-name=lease-half", "-image=localhost/no-such-image:1"),
          "teletun up: node \\S+ cannot get the image localhost/no-such-image:1 \\((ErrImagePull|ImagePullBackOff): .*\\)\\. Build it with deploy/build-image and load or push it, or name another: -image=NAME");
    } finally {
      cluster.teletun("down", "-name=lease-half").orThrow();
    }
  }

  @Test
  void namespaceThatEnforcesRestricted() throws IOException {
    String n = cluster.namespace();
    cluster.kubectl("label", "namespace", n, "--overwrite", ENFORCE + "restricted");
    try {
      says(
          REFUSED,
          up("-name=lease-psa"),
          "teletun up: namespace \"%s\" enforces PodSecurity restricted, and server-cluster needs NET_ADMIN and the node's /dev/net/tun by hostPath (-layout=one-pod shares no directory of the node but needs both, too). Name a namespace that may with -namespace=NAME, or let an administrator allow it: kubectl label namespace %s pod-security.kubernetes.io/enforce=privileged --overwrite"
              .formatted(n, n));
    } finally {
      cluster.kubectl("label", "namespace", n, "--overwrite", ENFORCE + "privileged");
      cluster.teletun("down", "-name=lease-psa").orThrow();
    }
  }

  @Test
  void namespaceThatThereIsNot() throws IOException {
    Run up =
        cluster
            .host()
            .run(
                RealCluster.TELETUN.toString(),
                "up",
                "-namespace=lease-no-such",
                "-name=lease-none");

    says(
        FAILED,
        up,
        "teletun up: there is no namespace \"lease-no-such\" in context \"%s\". Make it with: kubectl create namespace lease-no-such; or name another with -namespace=NAME"
            .formatted(kubeconfigs.context()));
  }

  @Test
  void noRights() throws IOException {
    Path config = kubeconfigs.ofAccount("nobody");

    says(
        REFUSED,
        up("-kubeconfig=" + config),
        "teletun up: the user of context \"%s\" may not create, delete pods (no pair can be brought up) in namespace \"%s\". Let an administrator apply what this prints: teletun rbac --print -namespace=%s"
            .formatted(kubeconfigs.context(), cluster.namespace(), cluster.namespace()));
    says(
        REFUSED,
        client("external", config),
        "teletun client: the API server %s does not let the user of context \"%s\" get pods in namespace \"%s\" (403). Ask for that right; check with: kubectl auth can-i get pods -n %s"
            .formatted(
                kubeconfigs.server(),
                kubeconfigs.context(),
                cluster.namespace(),
                cluster.namespace()));
  }

  @Test
  void aProxyThatIsNotThere() throws IOException {
    says(
        FAILED,
        client("external", kubeconfigs.throughProxy("http://127.0.0.1:1")),
        throughProxy("http://127.0.0.1:1", "connection refused"));
  }

  @Test
  void aProxyThatWantsALogin() throws IOException {
    String refused =
        throughProxy(
            "http://127.0.0.1:" + PROXY_PORT,
            "the proxy does not let us through (it wants another login, or may not go there)");
    try (RunningProgram _ = proxy()) {
      says(FAILED, client("external", proxied("")), refused);
      says(FAILED, client("external", proxied("ann:wrong@")), refused);
      // this one gets as far as without a proxy
      assertThat(client("external", proxied("ann:s3cret@")).stderr())
          .contains("on two nodes they share no socket");
    }
  }

  private Path proxied(String login) throws IOException {
    return kubeconfigs.throughProxy("http://%s127.0.0.1:%d".formatted(login, PROXY_PORT));
  }

  private RunningProgram proxy() throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("tinyproxy.conf"),
            """
            Port %d
            Listen 127.0.0.1
            Timeout 60
            BasicAuth ann s3cret
            """
                .formatted(PROXY_PORT));
    RunningProgram proxy = cluster.host().start("tinyproxy", "-d", "-c", config.toString());
    proxy.awaitLine(Pattern.compile("Accepting connections"), RealCluster.PATIENCE);
    return proxy;
  }

  private String throughProxy(String proxy, String why) throws IOException {
    return "teletun client: the API server %s of context \"%s\" cannot be asked through the proxy %s: %s. Check proxy-url in the kubeconfig, else HTTPS_PROXY and NO_PROXY; a login goes into the URL: http://USER:PASSWORD@HOST:PORT"
        .formatted(kubeconfigs.server(), kubeconfigs.context(), proxy, why);
  }

  private Run up(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("up"));
    line.addAll(List.of(words));
    return cluster.teletun(line.toArray(String[]::new));
  }

  private Run client(String pod, @Nullable Path kubeconfig) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of("client", "-pod=%s/%s".formatted(cluster.namespace(), pod), "-port=7000"));
    line.addAll(keys);
    if (kubeconfig != null) {
      line.add("-kubeconfig=" + kubeconfig);
    }
    return cluster.teletun(line.toArray(String[]::new));
  }

  private static void says(int code, Run run, String message) {
    matches(code, run, Pattern.quote(message));
  }

  /** The last thing said; before it may come warnings of what else the same cause costs. */
  private static void matches(int code, Run run, String message) {
    assertThat(run.stderr().lines().toList()).last().asString().matches(message);
    assertThat(run.exitCode()).isEqualTo(code);
    assertThat(run.stdout()).isEmpty();
  }
}
