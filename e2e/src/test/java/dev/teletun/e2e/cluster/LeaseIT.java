package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the pair's Lease says while clients come, go and crash. */
@Tag("cluster")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaseIT {
  private static final Pattern CONNECTED = Pattern.compile("^connected as ");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String NAME = "-name=lease-held";
  private static final String LEASE = "lease/lease-held";
  private static final int BUSY = 5;
  private static final int TERMINATED = 128 + 15; // as a shell says it

  private RealCluster cluster;

  @BeforeAll
  void open() throws IOException {
    cluster = RealCluster.empty("lease-it");
  }

  @AfterAll
  void close() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void keepsOthersFromAPairThatIsInUseAndIsFreeAfterACrash() throws IOException {
    try (RunningProgram up = cluster.startTeletun("up", NAME)) {
      up.awaitLine(CONNECTED, LIMIT);
      String holder = cluster.field(LEASE, ".spec.holderIdentity");
      assertThat(holder).matches("\\S+@\\S+/%d-\\d+-[0-9a-f]{8}".formatted(up.pid()));
      assertThat(cluster.host().run(RealCluster.TELETUN.toString(), "status").orThrow())
          .contains("pair lease                %s/lease-held".formatted(cluster.namespace()))
          .contains("(process %d)".formatted(up.pid()));

      refused(
          asBob("up", NAME),
          up,
          "Bring up one of your own with -name=NAME, or end that session with -takeover");
      refused(
          asBob("down", NAME),
          up,
          "Ask for that session to be ended, or remove the pair all the same with -force");
      assertThat(up.isAlive()).isTrue();
      up.kill();
      assertThat(cluster.field(LEASE, ".spec.holderIdentity")).isEqualTo(holder);
    }
    try (RunningProgram again = cluster.startTeletun("up", NAME)) {
      again.awaitLine(CONNECTED, LIMIT);
      assertThat(cluster.field(LEASE, ".spec.leaseTransitions")).isEqualTo("1");
      again.signal("TERM");
      assertThat(again.awaitExit(LIMIT)).isEqualTo(TERMINATED);
    }
    assertThat(cluster.field(LEASE, ".spec.holderIdentity")).isEmpty();
    assertThat(asBob("down", NAME).orThrow()).contains("removed Lease lease-held");
  }

  private static void refused(Run run, RunningProgram holder, String remedy) {
    assertThat(run.exitCode()).isEqualTo(BUSY);
    assertThat(run.stderr().lines().toList())
        .last()
        .asString()
        .matches(
            "teletun \\w+: pair lease-held in namespace \"lease-it-\\d+\" is held by \\S+@\\S+ \\(process %d\\) since \\S+Z, last heard of at \\S+Z\\. %s"
                .formatted(holder.pid(), Pattern.quote(remedy)));
  }

  /** As if somebody else had called sudo. */
  private Run asBob(String... words) throws IOException {
    String[] line = new String[words.length + 4];
    line[0] = "env";
    line[1] = "SUDO_USER=bob";
    line[2] = RealCluster.TELETUN.toString();
    System.arraycopy(words, 0, line, 3, words.length);
    line[line.length - 1] = "-namespace=" + cluster.namespace();
    return cluster.host().run(RealCluster.PATIENCE, line);
  }
}
