package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Bringing pairs up and down. */
@Tag("cluster")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PairIT {
  private static final Pattern CONNECTED = Pattern.compile("^connected as ");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String OURS = "-l=app.kubernetes.io/name=teletun";
  private static final String KINDS = "pods,services,secrets,networkpolicies,leases";

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

  private void connectAndEnd(String... words) throws IOException {
    try (RunningProgram up = cluster.startTeletun(words)) {
      String line = up.awaitLine(CONNECTED, LIMIT);
      assertThat(line).startsWith("connected as ");
    }
  }
}
