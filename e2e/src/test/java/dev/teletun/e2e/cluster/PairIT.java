package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bringing pairs up and down, and what is said where that does not work. */
@Tag("cluster")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PairIT {
  private static final Pattern CONNECTED = Pattern.compile("^connected as ");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String OURS = "-l=app.kubernetes.io/name=teletun";
  private static final String KINDS = "pods,services,secrets,networkpolicies,leases";

  @TempDir Path directory;
  private RealCluster cluster;

  @BeforeAll
  void open() throws IOException {
    cluster = RealCluster.inNamespace("pair");
  }

  @AfterAll
  void close() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void everythingIsGoneAgain() throws IOException {
    assertThat(cluster.kubectl("get", KINDS, OURS, "-o=name")).isEmpty();
  }

  @Test
  void takesDownAllThatUpMadeAndNothingOfAnother() throws IOException {
    connectAndEnd("up", "-name=teletun-one", "-layout=one-pod");
    connectAndEnd("up", "-name=teletun-two");

    cluster.teletun("down", "-name=teletun-one").orThrow();

    assertThat(cluster.kubectl("get", KINDS, OURS, "-o=name"))
        .contains("pod/teletun-two-cluster", "secret/teletun-two-keys", "service/teletun-two")
        .doesNotContain("teletun-one");
    cluster.teletun("down", "-name=teletun-two").orThrow();
    assertThat(cluster.teletun("down", "-name=teletun-two").orThrow())
        .contains("nothing to remove");
  }

  @Test
  void usesThePairAgainAndReplacesItForAnotherLayout() throws IOException {
    connectAndEnd("up", "-name=teletun-again");
    String first = cluster.field("pod/teletun-again-cluster", ".metadata.uid");

    connectAndEnd("up", "-name=teletun-again");

    assertThat(cluster.field("pod/teletun-again-cluster", ".metadata.uid")).isEqualTo(first);
    connectAndEnd("up", "-name=teletun-again", "-layout=one-pod");
    assertThat(cluster.kubectl("get", "pods", OURS, "-o=name"))
        .isEqualTo("pod/teletun-again-one-pod");
    cluster.teletun("down", "-name=teletun-again").orThrow();
  }

  @Test
  void worksWithExactlyTheRightsThatAreAskedFor() throws IOException {
    String user = "system:serviceaccount:%s:dev".formatted(cluster.namespace());
    cluster.kubectl("create", "serviceaccount", "dev");
    Path kubeconfig = kubeconfigOf("dev");

    Run without = cluster.teletun("up", "-name=teletun-dev", "-kubeconfig=" + kubeconfig);

    assertThat(without.exitCode()).isEqualTo(3);
    assertThat(without.stderr()).contains("may not create, delete pods", "teletun rbac --print");
    // of the cluster's own objects it would name those of everybody who runs these tests
    String rights =
        cluster
            .teletun("rbac", "--print", "-user=" + user)
            .orThrow()
            .replace("teletun-facts", "teletun-facts-" + cluster.namespace());
    cluster.apply(rights);
    try {
      String said = connectAndEnd("up", "-name=teletun-dev", "-kubeconfig=" + kubeconfig);
      assertThat(said).doesNotContain("may not");
      cluster.teletun("down", "-name=teletun-dev", "-kubeconfig=" + kubeconfig).orThrow();
    } finally {
      cluster.host().runWithInput(rights, "kubectl", "delete", "-f", "-").orThrow();
    }
  }

  @Test
  void saysAtOnceThatTheImageIsMissingAndDownRemovesWhatIsHalf() throws IOException {
    Run up = cluster.teletun("up", "-name=teletun-half", "-image=localhost/no-such-image:1");

    assertThat(up.exitCode()).isEqualTo(1);
    assertThat(up.stderr())
        .contains("cannot get the image localhost/no-such-image:1", "-image=NAME");
    cluster.teletun("down", "-name=teletun-half").orThrow();
  }

  @Test
  void saysWhatANamespaceThatEnforcesRestrictedRefuses() throws IOException {
    String level = "pod-security.kubernetes.io/enforce=";
    cluster.kubectl("label", "namespace", cluster.namespace(), "--overwrite", level + "restricted");
    try {
      Run up = cluster.teletun("up", "-name=teletun-psa");

      assertThat(up.exitCode()).isEqualTo(3);
      assertThat(up.stderr())
          .contains("enforces PodSecurity restricted", "-layout=one-pod", "-namespace=NAME");
    } finally {
      cluster.kubectl(
          "label", "namespace", cluster.namespace(), "--overwrite", level + "privileged");
    }
    cluster.teletun("down", "-name=teletun-psa").orThrow();
  }

  @Test
  void listsTheContextsWhenTheOneNamedIsUnknown() throws IOException {
    Run up = cluster.teletun("up", "-context=no-such-context");

    assertThat(up.exitCode()).isEqualTo(1);
    assertThat(up.stderr()).contains("no context \"no-such-context\". It knows ");
  }

  /** Returns what it said on the way. */
  private String connectAndEnd(String... words) throws IOException {
    try (RunningProgram up = cluster.startTeletun(words)) {
      String line = up.awaitLine(CONNECTED, LIMIT);
      assertThat(line).startsWith("connected as ");
      return up.output();
    }
  }

  private Path kubeconfigOf(String account) throws IOException {
    String token = cluster.kubectl("create", "token", account);
    Path file = directory.resolve(account + ".kubeconfig");
    Files.writeString(
        file, cluster.host().run("kubectl", "config", "view", "--raw", "--minify").orThrow());
    String config = "--kubeconfig=" + file;
    String credentials = "--token=" + token;
    cluster
        .host()
        .run("kubectl", config, "config", "set-credentials", account, credentials)
        .orThrow();
    String user = "--user=" + account;
    cluster.host().run("kubectl", config, "config", "set-context", "--current", user).orThrow();
    return file;
  }
}
