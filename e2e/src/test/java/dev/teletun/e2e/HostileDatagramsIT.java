package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Attacker;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An attacker on the path who has no key sends what he likes, from the client's own address and
 * port to the server and from the server's to the client.
 */
@Tag("netns")
@Timeout(180)
class HostileDatagramsIT {
  private static final int DATAGRAMS = 50_000;
  private static final int HELLOS = 60_000;
  private static final int PER_SECOND = 10_000;
  private static final long MOST_GROWTH_BYTES = 16 << 20;
  private static final int TRANSFER_BYTES = 40_000_000;
  private static final String TRANSFER_RATE = "4M"; // so that it outlasts the attack
  private static final Duration ATTACK = Duration.ofSeconds(90);

  private static Programs programs;
  private static RunningProgram external;
  private static RunningProgram client;
  private static Attacker ofServer;
  private static Attacker ofClient;

  @BeforeAll
  static void connect() throws IOException {
    programs = Programs.in("host", LabOptions.DEFAULT);
    programs.startCluster();
    external = programs.startExternal();
    Path atNode = programs.lab().directory().resolve("node.pcap");
    Path atRouter = programs.lab().directory().resolve("router.pcap");
    try (Closeable _ = programs.lab().node().capture("cni0", atNode);
        Closeable _ = programs.lab().router().capture("lan0", atRouter)) {
      client = programs.connect();
      download(100_000, "10M");
    }
    ofServer = Attacker.ofServer(programs.lab(), atNode);
    ofClient = Attacker.ofClient(programs.lab(), atRouter);
    download(TRANSFER_BYTES, "1G"); // so that what a JVM grows by at first is not counted
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void aTransferSurvivesAndMemoryStaysBounded() throws IOException {
    String expected = sha256();
    attackBothWays(1);
    long clientBefore = client.residentBytes();
    long externalBefore = external.residentBytes();
    Path sum = programs.lab().directory().resolve("sum");
    try (RunningProgram transfer =
        laptop()
            .start(
                "sh",
                "-c",
                "curl -sS --limit-rate %s http://%s/bytes/%d | sha256sum >%s"
                    .formatted(TRANSFER_RATE, LabNet.WEB_NAME, TRANSFER_BYTES, sum))) {
      attackBothWays(2);
      assertThat(transfer.awaitExit(ATTACK)).isZero();
    }

    assertThat(Files.readString(sum)).startsWith(expected);
    theSameAssociationLives();
    assertThat(client.residentBytes() - clientBefore).isLessThan(MOST_GROWTH_BYTES);
    assertThat(external.residentBytes() - externalBefore).isLessThan(MOST_GROWTH_BYTES);
  }

  @Test
  void nothingForgedOrReplayedReachesATun() throws IOException {
    long atLaptop = Programs.packetsWritten(laptop());
    long atPod = Programs.packetsWritten(programs.lab().podCluster());
    long arrivedAtClient = Programs.datagramsReceived(laptop());
    long arrivedAtServer = Programs.datagramsReceived(programs.lab().podExternal());

    attackBothWays(3);

    assertThat(Programs.datagramsReceived(laptop()) - arrivedAtClient).isGreaterThan(DATAGRAMS / 2);
    assertThat(Programs.datagramsReceived(programs.lab().podExternal()) - arrivedAtServer)
        .isGreaterThan(DATAGRAMS / 2);

    theSameAssociationLives(); // which it shows by one ping
    assertThat(Programs.packetsWritten(laptop()) - atLaptop).as("one ping's answer").isEqualTo(1);
    assertThat(Programs.packetsWritten(programs.lab().podCluster()) - atPod)
        .as("one ping")
        .isEqualTo(1);
  }

  @Test
  void aFloodOfHellosIsAnsweredWithNoMoreBytesThanItHas() throws IOException {
    Host pod = programs.lab().podExternal();
    String counting =
        """
        table inet counting {
          chain in { type filter hook input priority 0; ip saddr %1$s counter; }
          chain out { type filter hook output priority 0; ip daddr %1$s counter; }
        }
        """
            .formatted(Attacker.STRANGERS);
    // With the first flood the heap takes the size that it works with; the second must add nothing.
    flood();
    pod.runWithInput(counting, "nft", "-f", "-").orThrow();
    long residentBefore = external.residentBytes();

    flood();

    Until.holds(() -> assertThat(counted(pod, "in")[0]).isEqualTo(HELLOS));
    long[] in = counted(pod, "in");
    long[] out = counted(pod, "out");
    assertThat(out[0]).as("answers: cookies are free").isGreaterThan(HELLOS / 2);
    assertThat(out[1]).as("bytes out").isLessThanOrEqualTo(in[1]);
    assertThat(external.residentBytes() - residentBefore).isLessThan(MOST_GROWTH_BYTES);
    theSameAssociationLives();
    pod.run("nft", "delete", "table", "inet", "counting").orThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-dtls1_2 -cert %1$s/c.pem -key %1$s/k.pem",
        "-dtls1 -cipher DEFAULT@SECLEVEL=0",
        "-dtls1_2 -cipher ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:AES128-GCM-SHA256:AES128-SHA",
        "-dtls1_2 -cipher aNULL:eNULL@SECLEVEL=0",
      })
  void strangersAndDowngradesAreRefusedBesideALiveClient(String options) throws IOException {
    Path directory = programs.lab().directory();
    laptop()
        .shell(
            "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout k.pem -out c.pem"
                .formatted(directory))
        .orThrow();

    Run run =
        laptop()
            .shell(
                "timeout 4 openssl s_client -connect %s:%d %s </dev/null"
                    .formatted(LabNet.NODE.v4(), LabNet.NODE_PORT, options.formatted(directory)));

    assertThat(run.exitCode()).isNotZero();
    assertThat(run.stderr()).contains(" alert ");
    theSameAssociationLives();
  }

  /** Same processes, one association for all the time, packets flow. */
  private static void theSameAssociationLives() throws IOException {
    ping();
    assertThat(client.isAlive()).as(client.output()).isTrue();
    assertThat(external.isAlive()).as(external.output()).isTrue();
    assertThat(external.output().lines().filter(line -> line.startsWith("data association")))
        .hasSize(1);
    assertThat(external.output().lines().count()).as("log lines").isLessThan(100);
  }

  private static void attackBothWays(int seed) throws IOException {
    try (RunningProgram toServer = ofServer.shapesAlsoFromStrangers(DATAGRAMS, seed, PER_SECOND);
        RunningProgram toClient = ofClient.shapes(DATAGRAMS, seed, PER_SECOND)) {
      assertThat(toServer.awaitExit(ATTACK)).as(toServer.output()).isZero();
      assertThat(toClient.awaitExit(ATTACK)).as(toClient.output()).isZero();
    }
  }

  /** While it lasts, the live tunnel works. */
  private static void flood() throws IOException {
    try (RunningProgram hellos = ofServer.hellos(HELLOS, PER_SECOND)) {
      laptop().run("ping", "-c20", "-i0.2", "-W5", LabNet.POD_ECHO.v4()).orThrow();
      assertThat(hellos.awaitExit(ATTACK)).as(hellos.output()).isZero();
    }
  }

  private static void ping() throws IOException {
    laptop().run("ping", "-c1", "-W5", LabNet.POD_ECHO.v4()).orThrow();
  }

  private static String sha256() throws IOException {
    return laptop()
        .run("curl", "-sS", "http://%s/sha256/%d".formatted(LabNet.WEB_NAME, TRANSFER_BYTES))
        .orThrow()
        .strip();
  }

  private static void download(int bytes, String rate) throws IOException {
    laptop()
        .run(
            "curl",
            "-sS",
            "-o/dev/null",
            "--limit-rate",
            rate,
            "http://%s/bytes/%d".formatted(LabNet.WEB_NAME, bytes))
        .orThrow();
  }

  /** Packets and bytes of a chain's counter. */
  private static long[] counted(Host host, String chain) throws IOException {
    Matcher counter =
        Pattern.compile("packets (\\d+) bytes (\\d+)")
            .matcher(host.run("nft", "list", "chain", "inet", "counting", chain).orThrow());
    assertThat(counter.find()).isTrue();
    return new long[] {Long.parseLong(counter.group(1)), Long.parseLong(counter.group(2))};
  }

  private static Host laptop() {
    return programs.laptop();
  }
}
