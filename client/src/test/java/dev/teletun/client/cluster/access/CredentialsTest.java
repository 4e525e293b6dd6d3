package dev.teletun.client.cluster.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials of a kubeconfig against a real HTTPS server, plugins as real programs. */
@Timeout(60)
class CredentialsTest {
  private static final String V1 = "client.authentication.k8s.io/v1";

  @TempDir Path directory;
  private HttpsStub server;

  @BeforeEach
  void open() throws Exception {
    server = HttpsStub.named(directory, "dns:api.example,dns:*.wild.example,ip:127.0.0.1");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void sendsTheTokenThatAPluginPrints() throws Exception {
    plugin("echo some noise >&2; " + answer("token", "t1"));

    ask(exec(""));

    assertThat(server.asked()).singleElement().asString().startsWith("Bearer t1 ");
  }

  @Test
  void givesAPluginItsArgumentsAndEnvironmentWithoutAShell() throws Exception {
    plugin(
        "printf '%s|' \"$@\" >$0.seen; echo \"$FLAVOUR|$KUBERNETES_EXEC_INFO\" >>$0.seen; "
            + answer("token", "t1"));

    ask(
        exec(
            """
            provideClusterInfo: true
                  args: ["a b", "$(id)", "'\\""]
                  env: [{name: FLAVOUR, value: "$HOME; x"}]
            """));

    assertThat(directory.resolve("plugin.seen"))
        .content()
        .startsWith("a b|$(id)|'\"|$HOME; x|{")
        .contains("\"apiVersion\":\"" + V1 + "\"", "\"server\":\"" + server.url() + "\"")
        .contains("\"interactive\":false", "\"certificate-authority-data\":\"");
  }

  @Test
  void runsAPluginAgainAfterA401AndTriesOnceMore() throws Exception {
    plugin("echo x >>$0.runs; " + answer("token", "t$(wc -l <$0.runs)"));
    server.refuse("t1");

    ask(exec(""));

    assertThat(server.asked()).hasSize(2);
    assertThat(server.asked().getLast()).startsWith("Bearer t2 ");
  }

  @Test
  void runsAPluginOnceForAllWhoAskUntilItsTokenIsNotTaken() throws Exception {
    plugin(
        "echo x >>$0.runs; "
            + answer("expirationTimestamp", "2999-01-01T00:00:00Z", "token", "t$(wc -l <$0.runs)"));

    ask(exec(""));
    ask(exec(""));

    assertThat(directory.resolve("plugin.runs")).hasContent("x");
    server.refuse("t1");
    ask(exec(""));
    ask(exec(""));
    assertThat(directory.resolve("plugin.runs")).hasContent("x\nx");
    assertThat(server.asked().stream().map(a -> a.substring(0, 9)))
        .containsExactly("Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2");
  }

  @Test
  void runsAPluginOnceForSeveralRequestsThatAreRefusedAtOnce() throws Exception {
    plugin("echo x >>$0.runs; " + answer("token", "t$(wc -l <$0.runs)"));
    server.refuse("t1");
    Map<String, String> path = Map.of("PATH", System.getenv("PATH"));
    try (ClusterApi api = ClusterApi.open(path, choice(kubeconfig(exec(""), "")));
        ExecutorService several = Executors.newFixedThreadPool(8)) {
      List<Future<?>> asked = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        asked.add(several.submit(() -> askPod(api)));
      }
      for (Future<?> one : asked) {
        one.get();
      }
    }

    assertThat(directory.resolve("plugin.runs")).hasContent("x\nx");
  }

  @Test
  void runsAPluginAgainWhenItsTokenHasExpired() throws Exception {
    plugin(
        "echo x >>$0.runs; "
            + answer("expirationTimestamp", "2020-01-01T00:00:00Z", "token", "t$(wc -l <$0.runs)"));

    ask(exec(""));

    assertThat(server.asked()).singleElement().asString().doesNotStartWith("Bearer t1 ");
  }

  @Test
  void presentsTheCertificateThatAPluginPrints() throws Exception {
    KeyStore client = HttpsStub.keyPair(directory, "alice", "dns:alice");
    Path status =
        Files.writeString(
            directory.resolve("status"),
            """
            {"apiVersion": "%s", "kind": "ExecCredential", "status":
              {"clientCertificateData": "%s", "clientKeyData": "%s"}}
            """
                .formatted(
                    V1,
                    HttpsStub.pem("CERTIFICATE", client.getCertificate("alice").getEncoded())
                        .replace("\n", "\\n"),
                    HttpsStub.privateKeyPem(client, "alice").replace("\n", "\\n")));
    plugin("cat " + status);

    ask(exec(""));

    assertThat(server.asked()).singleElement().asString().contains("by CN=alice");
  }

  @Test
  @EnabledIf(
      value = "isRoot",
      disabledReason = "NOT SHOWN: only root runs a plugin as somebody else; ./check as root does")
  void runsAPluginAsThePersonBehindSudoAndReadsHisFilesAsHim() throws Exception {
    plugin(answer("token", "uid$(id -u)-gid$(id -g)-groups$(id -G)-$LOGNAME-$HOME"));
    Map<String, String> sudo =
        Map.of("SUDO_UID", "65534", "SUDO_GID", "65534", "SUDO_USER", "nobody");

    ask(sudo, exec(""));

    assertThat(server.asked())
        .singleElement()
        .asString()
        .startsWith("Bearer uid65534-gid65534-groups65534-nobody-/nonexistent ");
    Path rootsOwn = kubeconfig("token: t", "");
    Files.setPosixFilePermissions(rootsOwn, PosixFilePermissions.fromString("rw-------"));
    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> ClusterApi.open(sudo, choice(rootsOwn)))
        .withMessageContaining("cannot read kubeconfig");
  }

  static boolean isRoot() {
    return Files.isWritable(Path.of("/etc/shadow"));
  }

  @Test
  void saysWhyAPluginGaveNothing() throws Exception {
    plugin("echo 'token: secret-thing'; exit 3");
    failure(exec("")).withMessageContaining("ended with code 3");

    plugin("echo '{secret-thing: ['");
    failure(exec("")).withMessageContaining("what it printed is no JSON");

    plugin(answer("nothing", "secret-thing"));
    failure(exec("")).withMessageContaining("neither token nor certificate");

    plugin(answer("token", "secret-thing").replace("/v1\\", "/v1beta1\\"));
    failure(exec("")).withMessageContaining("in another apiVersion");

    failure(
            exec("")
                .replace("./plugin", "no-such-plugin")
                .replace("exec:", "exec:\n      installHint: get it at example.com"))
        .withMessageContaining("not on the PATH")
        .withMessageContaining("get it at example.com");
    failure(exec("interactiveMode: Always")).withMessageContaining("no terminal");
  }

  @Test
  void readsATokenFileAgainAfterA401() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "old\n");
    server.refuse("old");
    try (ClusterApi api = ClusterApi.open(Map.of(), choice(kubeconfig("tokenFile: token", "")))) {
      Files.writeString(token, "new\n");

      askPod(api);
    }

    assertThat(server.asked().getLast()).startsWith("Bearer new ");
  }

  @Test
  void presentsACertificateFromFilesBesideTheKubeconfig() throws Exception {
    KeyStore client = HttpsStub.keyPair(directory, "bob", "dns:bob");
    Files.writeString(
        directory.resolve("bob.crt"),
        HttpsStub.pem("CERTIFICATE", client.getCertificate("bob").getEncoded()));
    Files.writeString(directory.resolve("bob.key"), HttpsStub.privateKeyPem(client, "bob"));

    ask("{client-certificate: bob.crt, client-key: bob.key, as: carol}");

    assertThat(server.asked()).singleElement().asString().contains("as carol by CN=bob");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void checksTheNameThatTheKubeconfigSaysAndAsksForIt(String host) throws Exception {
    Path file = kubeconfig("token: t", "tls-server-name: x.wild.example");
    Files.writeString(file, Files.readString(file).replace("127.0.0.1", host));
    try (ClusterApi api = ClusterApi.open(Map.of(), choice(file))) {
      askPod(api);
    }

    assertThat(server.asked()).singleElement().asString().endsWith("at x.wild.example");
    Path wrong = kubeconfig("token: t", "tls-server-name: other.example");
    try (ClusterApi api = ClusterApi.open(Map.of(), choice(wrong))) {
      assertThatExceptionOfType(KubernetesClientException.class)
          .isThrownBy(() -> askPod(api))
          .satisfies(e ->
              assertThat(api.explain(e, "get", "pods", "shop"))
                  .hasMessageContaining("not one of other.example"));
    }
  }

  @Test
  void believesNoOtherAuthority() throws Exception {
    try (HttpsStub other =
        HttpsStub.named(Files.createDirectory(directory.resolve("o")), "ip:127.0.0.1")) {
      Path file = kubeconfig("token: t", "");
      Files.writeString(file, Files.readString(file).replace(server.url(), other.url()));
      try (ClusterApi api = ClusterApi.open(Map.of(), choice(file))) {
        assertThatExceptionOfType(KubernetesClientException.class).isThrownBy(() -> askPod(api));
      }
      assertThat(other.asked()).isEmpty();
    }
  }

  @Test
  void goesThroughTheProxyThatTheKubeconfigNames() throws Exception {
    try (StubApiServer proxy =
        StubApiServer.answering(200, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}")) {
      Path file = kubeconfig("token: t", "proxy-url: " + proxy.url());
      Files.writeString(
          file, Files.readString(file).replace(server.url(), "http://far.invalid:6443"));
      try (ClusterApi api = ClusterApi.open(Map.of("NO_PROXY", "far.invalid"), choice(file))) {
        askPod(api);
      }
      assertThat(proxy.asked()).singleElement().asString().contains("http://far.invalid:6443/");
    }
  }

  private void ask(String user) throws Exception {
    ask(Map.of(), user);
  }

  private void ask(Map<String, String> environment, String user) throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("PATH", System.getenv("PATH"));
    try (ClusterApi api = ClusterApi.open(all, choice(kubeconfig(user, "")))) {
      askPod(api);
    }
  }

  private static void askPod(ClusterApi api) {
    assertThat(api.client().pods().inNamespace("shop").withName("web-0").get()).isNotNull();
  }

  private ThrowableAssertAlternative<ClusterException> failure(String user) {
    return assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> ask(user))
        .withMessageNotContaining("secret-thing");
  }

  private String exec(String more) {
    return """
    exec:
          apiVersion: %s
          command: ./plugin
          %s
    """
        .formatted(V1, more.isEmpty() ? "interactiveMode: Never" : more.strip());
  }

  private void plugin(String script) throws IOException {
    Path file = Files.writeString(directory.resolve("plugin"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A shell command that prints an ExecCredential with these members of its status. */
  private static String answer(String... members) {
    StringBuilder status = new StringBuilder();
    for (int i = 0; i < members.length; i += 2) {
      status.append(i == 0 ? "" : ", ");
      status.append("\\\"%s\\\": \\\"%s\\\"".formatted(members[i], members[i + 1]));
    }
    return "echo \"{\\\"apiVersion\\\": \\\"%s\\\", \\\"kind\\\": \\\"ExecCredential\\\", \\\"status\\\": {%s}}\""
        .formatted(V1, status);
  }

  private Path kubeconfig(String user, String cluster) throws Exception {
    String authority = "certificate-authority-data: " + server.authority();
    return StubApiServer.kubeconfig(
        directory,
        server.url(),
        cluster.isEmpty() ? authority : authority + "\n    " + cluster,
        user);
  }

  private static ClusterChoice choice(Path kubeconfig) {
    return new ClusterChoice(Optional.of(kubeconfig), Optional.empty(), Optional.empty());
  }
}
