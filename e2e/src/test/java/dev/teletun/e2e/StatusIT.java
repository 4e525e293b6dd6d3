package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What running programs say of themselves, and to whom. */
@Tag("netns")
@Timeout(180)
class StatusIT {
  private static final int METRICS_PORT = 9109;
  private static final String NOT_OURS = "10.99.99.99";

  /** Prints each sample as a program sees it that is not ours; fails at what it cannot read. */
  private static final String PARSER =
      """
      import sys
      from prometheus_client.openmetrics.parser import text_string_to_metric_families
      for family in text_string_to_metric_families(sys.stdin.read()):
          for sample in family.samples:
              print(family.name, family.type, sample.name, sample.labels, sample.value)
      """;

  private static Programs programs;
  private static Host laptop;

  @BeforeAll
  static void connect() throws IOException {
    programs = Programs.in("stat", LabOptions.DEFAULT);
    programs.startCluster("-metrics-port=" + METRICS_PORT);
    programs.startExternal("-metrics-port=" + METRICS_PORT);
    programs.connect();
    laptop = programs.laptop();
    laptop.run("ping", "-c3", "-i0.2", LabNet.POD_ECHO.v4()).orThrow();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void tellsHowTheClientStands() throws IOException {
    String text = laptop.run(programs.teletun("status")).orThrow();
    String json = laptop.run(programs.teletun("status", "-output=json")).orThrow();

    assertThat(text)
        .containsPattern("(?m)^program +client$")
        .containsPattern("(?m)^session +attached$")
        .containsPattern("(?m)^pod addresses +" + LabNet.POD_CLUSTER.v4() + ", ")
        .containsPattern("(?m)^transport +UDP$")
        .containsPattern("(?m)^routes +.*" + LabNet.PODS.v4() + " \\(-route\\)")
        .containsPattern("(?m)^largest packet +\\d{4}$")
        .containsPattern("(?m)^  packets +to peer \\d+, from peer \\d+$");
    assertThat(json)
        .contains("\"program\":\"client\"", "\"session\":\"attached\"", "\"device\":\"tel0\"")
        .contains("\"protocolVersion\":2", "\"teletun_associations\":{\"begun\":1,\"in_force\":1,");
  }

  @Test
  void countsARefusedPacketByItsReason() throws IOException {
    assertThat(status(laptop)).contains("\"to_peer_wrong_source\":0");
    laptop.run("ip", "address", "add", NOT_OURS + "/32", "dev", "tel0").orThrow();
    try {
      laptop.run("ping", "-c1", "-W1", "-I", NOT_OURS, LabNet.POD_ECHO.v4());
    } finally {
      laptop.run("ip", "address", "delete", NOT_OURS + "/32", "dev", "tel0").orThrow();
    }

    assertThat(status(laptop)).contains("\"to_peer_wrong_source\":1");
  }

  @Test
  void tellsWhatTheServerKnowsAndWhatBecameOfNames() throws IOException {
    laptop.run("dig", "+short", "+tries=1", LabNet.WEB_NAME).orThrow();

    assertThat(status(laptop))
        .contains("\"clusterDomain\":\"" + LabNet.CLUSTER_DOMAIN + "\"")
        .containsPattern("\"podPrefixes\":\\[[^]]*\"" + LabNet.PODS.v4() + "\"")
        .containsPattern("\"podMtuBytes\":[1-9]\\d{3}")
        .containsPattern("\"teletun_dns\":\\{\"queries\":[1-9]\\d*,\"to_cluster\":[1-9]");
  }

  @Test
  void tellsHowTheServersStand() throws IOException {
    assertThat(status(programs.lab().podExternal()))
        .contains("\"program\":\"server-external\"", "\"pair\":\"linked\"")
        .contains("\"session\":\"attached\"", "\"transport\":\"UDP\"")
        .contains("\"teletun_sessions\":{\"begun\":1,", "\"succeeded\":1,");
    assertThat(status(programs.lab().podCluster()))
        .contains("\"program\":\"server-cluster\"", "\"pair\":\"linked\"")
        .contains("\"packets\":\"device handed over\"");
  }

  private static String status(Host of) throws IOException {
    return of.run(programs.teletun("status", "-output=json")).orThrow();
  }

  @Test
  void refusesOtherUsers() throws IOException {
    String[] status = programs.teletun("status");
    int uid = Programs.EXTERNAL_UID;

    Run run = laptop.run("setpriv", "--reuid=" + uid, "--clear-groups", status[0], status[1]);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.stdout()).isEmpty();
    assertThat(run.stderr()).contains("refuses to answer us: ask as root");
  }

  @Test
  void saysSoWhereNoProgramRuns() throws IOException {
    Run run = programs.lab().router().run(programs.teletun("status"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.stderr()).contains("no program of teletun runs in this network namespace");
  }

  @Test
  void servesTheServersCountersToMonitoringOnLoopbackOnly() throws IOException {
    for (Host pod : new Host[] {programs.lab().podExternal(), programs.lab().podCluster()}) {
      String metrics =
          pod.run("curl", "-sSi", "http://127.0.0.1:%d/metrics".formatted(METRICS_PORT)).orThrow();

      assertThat(metrics)
          .containsIgnoringCase("Content-Type: application/openmetrics-text; version=1.0.0;")
          .contains("# TYPE teletun_pair counter", "teletun_pair_total{event=\"linked\"} 1")
          .endsWith("# EOF\n");
      assertThat(pod.run("ss", "-Hltn").stdout())
          .contains("127.0.0.1]:" + METRICS_PORT)
          .doesNotContain("*:" + METRICS_PORT);
    }
  }

  @Test
  void servesWhatAParserOfPrometheusUnderstands() throws IOException {
    for (Host pod : new Host[] {programs.lab().podExternal(), programs.lab().podCluster()}) {
      String metrics =
          pod.run("curl", "-sS", "http://127.0.0.1:%d/metrics".formatted(METRICS_PORT)).orThrow();

      String understood = pod.runWithInput(metrics, "/usr/bin/python3", "-Ic", PARSER).orThrow();

      assertThat(understood.lines().toList())
          .hasSizeGreaterThan(5)
          .allMatch(
              line -> line.matches("teletun_\\w+ counter teletun_\\w+_total \\{.*} \\d+(\\.0)?"))
          .anyMatch(line -> line.contains(" teletun_pair_total {'event': 'linked'} 1"));
      assertThat(understood.lines().count())
          .as("every sample: what is neither comment nor empty")
          .isEqualTo(metrics.lines().filter(line -> !line.matches("#.*|")).count());
    }
  }
}
