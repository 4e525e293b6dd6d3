package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pair's programs are killed and come back in any order. A web server in pod B and one on the
 * laptop, on the same port, tell whose P is.
 */
@Tag("netns")
@Timeout(120)
@ParameterizedClass(name = "server-cluster {0}")
@ValueSource(strings = {"", "-frames"})
class PairDeathIT {
  private static final int PORT = 8080;
  private static final String POD = "pod-cluster";
  private static final String LAPTOP = "laptop";
  private static final Pattern LINKED = Pattern.compile("^server-external is linked");
  private static final Pattern AGAIN = Pattern.compile("^connected again");
  private static final Pattern GONE = Pattern.compile("^server-external is gone");

  private static final String WATCH = "table inet watch";

  private static Programs programs;
  private static HostSnapshot podBefore;

  private final String way;
  private Trio trio;

  PairDeathIT(String way) {
    this.way = way;
  }

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("death", LabOptions.DEFAULT);
    programs.lab().startWebServer(pod(), PORT);
    programs.lab().startWebServer(programs.laptop(), PORT);
    podBefore = HostSnapshot.of(pod());
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void connect() throws IOException {
    trio = way.isEmpty() ? Trio.connected(programs) : Trio.connected(programs, way);
    belongsTo(LAPTOP);
  }

  @AfterEach
  void end() throws IOException {
    trio.close();
  }

  @Test
  void theSameClientGoesOnWhenServerClusterDiesAndComesBack() throws IOException {
    trio.cluster().kill();

    belongsTo(POD);
    nothingButSilenceIsLeft();

    trio.startCluster();

    trio.cluster().awaitLine(LINKED, Programs.LIMIT);
    belongsTo(LAPTOP);
    packetsFlow();
    assertThat(trio.client().isAlive()).isTrue();
  }

  @Test
  void thePodIsItselfWhileServerExternalIsGone() throws IOException {
    trio.external().kill();

    trio.cluster().awaitLine(GONE, Programs.LIMIT);
    belongsTo(POD);
    onlySilenceIsInForce();

    trio.startExternal();

    theClientGoesOn();
  }

  /** The device outlives the table that forwards, for as long as server-external has it open. */
  @Test
  void nothingOfTheClientReachesThePodsStackWhenServerClusterDiesUnderLoad() throws IOException {
    watchWhatReachesTheStack();
    try (RunningProgram _ =
        programs
            .laptop()
            .start(
                "timeout",
                "30",
                "socat",
                "-u",
                "-b200",
                "OPEN:/dev/zero",
                "UDP-SENDTO:%s:9".formatted(LabNet.POD_ECHO.v4()))) {
      Until.holds(() -> assertThat(cameOutOfTheDevice()).isGreaterThan(50_000));

      trio.cluster().kill();

      Until.holds(
          () -> assertThat(pod().shell("ip -br link | grep -c tel").stdout()).contains("0"));
      assertThat(pod().run("nft", "list", "ruleset").orThrow())
          .contains("iifname \"tel*\" counter packets 0 bytes 0");
    } finally {
      pod().shell("nft delete " + WATCH).orThrow();
    }
  }

  private static void watchWhatReachesTheStack() throws IOException {
    pod()
        .runWithInput(
            WATCH
                + " { chain arrivals { type filter hook prerouting priority -500; iifname \"tel*\" counter; }; }",
            "nft",
            "-f",
            "-")
        .orThrow();
  }

  /** Packets so far. */
  private static long cameOutOfTheDevice() throws IOException {
    String packets = pod().shell("awk '/tel/ { print $3 }' /proc/net/dev").orThrow().strip();
    return packets.isEmpty() ? 0 : Long.parseLong(packets);
  }

  /** A pod that answers what it knows nothing of would reset them. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDownloadSurvivesTheDeathOfEither(boolean clusterDies) throws IOException {
    try (Download download = Download.begin(programs.laptop())) {
      download.awaitProgress();
      if (clusterDies) {
        trio.cluster().kill();
        download.awaitStandstill();
        trio.startCluster();
      } else {
        trio.external().kill();
        download.awaitStandstill();
        trio.startExternal();
      }

      assertThat(download.sha256()).isEqualTo(download.expected());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thePairComesBackInAnyOrder(boolean clusterFirst) throws IOException {
    if (clusterFirst) {
      trio.external().kill();
      trio.cluster().kill();
    } else {
      trio.cluster().kill();
      trio.external().kill();
    }

    belongsTo(POD);
    nothingButSilenceIsLeft();

    if (clusterFirst) {
      trio.startCluster();
      trio.startExternal();
    } else {
      trio.startExternal();
      trio.startCluster();
    }

    theClientGoesOn();
  }

  @Test
  void bothEndOnASignalAndLeaveNothing() throws IOException {
    trio.cluster().signal("TERM");
    trio.external().signal("TERM");

    assertThat(trio.cluster().awaitExit(Programs.LIMIT)).isEqualTo(128 + 15);
    assertThat(trio.external().awaitExit(Programs.LIMIT)).isEqualTo(128 + 15);
    assertThat(programs.sockfile()).doesNotExist();
    belongsTo(POD);
    assertThat(podBefore.differences(HostSnapshot.of(pod()))).isEmpty();
  }

  /** What keeps the pod from refusing the client's connections until somebody comes back. */
  private static void nothingButSilenceIsLeft() throws IOException {
    assertThat(podBefore.differences(HostSnapshot.of(pod())))
        .allMatch(difference -> difference.startsWith("nftables: + "));
    onlySilenceIsInForce();
  }

  private static void onlySilenceIsInForce() throws IOException {
    assertThat(pod().run("nft", "list", "tables").orThrow())
        .isEqualTo("table inet teletun-silence\n");
  }

  /** The client comes back by itself, and the laptop was the pod's all the time. */
  private void theClientGoesOn() throws IOException {
    trio.cluster().awaitLine(LINKED, Programs.LIMIT);
    trio.client().awaitLine(AGAIN, Programs.LIMIT);
    belongsTo(LAPTOP);
    packetsFlow();
    assertThat(trio.client().isAlive()).isTrue();
  }

  /** Who answers another pod at P, by TCP and, for the pod itself, by ping; both families. */
  private static void belongsTo(String who) throws IOException {
    for (String p : List.of(LabNet.POD_CLUSTER.v4(), LabNet.POD_CLUSTER.v6Bracketed())) {
      Until.holds(() -> {
        Run curl = other().run("curl", "-sS", "-m2", "http://%s:%d/".formatted(p, PORT));
        assertThat(curl.stdout() + curl.stderr()).startsWith(who + " serves ");
      });
      Until.holds(() ->
          assertThat(other().run("ping", "-c1", "-W1", p.replaceAll("[\\[\\]]", "")).ok())
              .as("%s answers a ping", p)
              .isTrue());
    }
  }

  private static void packetsFlow() throws IOException {
    for (String family : List.of("-4", "-6")) {
      Until.holds(() ->
          assertThat(
                  programs
                      .laptop()
                      .run("curl", "-sS", "-m2", family, "http://" + LabNet.WEB_NAME)
                      .stdout())
              .contains("serves"));
    }
  }

  private static Host pod() {
    return programs.lab().podCluster();
  }

  private static Host other() {
    return programs.lab().echo();
  }
}
