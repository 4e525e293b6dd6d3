package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real programs through the tunnel, both families, both ways, with a capture on the router. */
@Tag("netns")
@Timeout(180)
class TrafficIT {
  private static final int MEGABYTES_100 = 100_000_000;
  private static final Duration TRANSFER = Duration.ofSeconds(60);
  private static final String MARK = "TeleTUN-in-clear";

  private static Programs programs;
  private static Host laptop;

  @BeforeAll
  static void connect() throws IOException {
    programs = Programs.connected("traf", LabOptions.DEFAULT);
    laptop = programs.laptop();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"4,64", "4,1400", "4,3000", "6,64", "6,1400", "6,3000"})
  void pingsAPodAndIsPingedByIt(int family, int bytes) throws IOException {
    String pod = family == 4 ? LabNet.POD_ECHO.v4() : LabNet.POD_ECHO.v6();
    String self = family == 4 ? LabNet.POD_CLUSTER.v4() : LabNet.POD_CLUSTER.v6();

    assertThat(answers(laptop, pod, bytes)).isGreaterThanOrEqualTo(3);
    assertThat(answers(programs.lab().echo(), self, bytes)).isGreaterThanOrEqualTo(3);
  }

  /**
   * How many of four pings are answered. The first IPv6 answer that exceeds the tunnel teaches the
   * pod the path MTU and is lost, as on any path (RFC 8201).
   */
  private static long answers(Host from, String to, int bytes) throws IOException {
    Run ping = from.run("ping", "-c4", "-i0.2", "-W2", "-Mdont", "-s" + bytes, to);
    return ping.stdout().lines().filter(line -> line.contains(" bytes from ")).count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-4", "-6"})
  void downloadsAHundredMegabytesByNameUnchanged(String family) throws IOException {
    String base = "http://" + LabNet.WEB_NAME;
    String expected =
        laptop.run("curl", "-sS", family, base + "/sha256/" + MEGABYTES_100).orThrow();

    String actual =
        laptop
            .run(
                TRANSFER,
                "sh",
                "-c",
                "curl -sS %s %s/bytes/%d | sha256sum".formatted(family, base, MEGABYTES_100))
            .orThrow();

    assertThat(actual.split(" ", -1)[0]).isEqualTo(expected.strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-4", "-6"})
  void uploadsAHundredMegabytesUnchanged(String family) throws IOException {
    String script =
        "head -c %d /dev/urandom > /run/up && sha256sum < /run/up && curl -sS %s -T /run/up http://%s/up"
            .formatted(MEGABYTES_100, family, LabNet.WEB_NAME);

    String[] lines = laptop.run(TRANSFER, "sh", "-c", script).orThrow().split("\n", -1);

    assertThat(lines[1].strip()).isEqualTo(lines[0].split(" ", -1)[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+notcp", "+tcp"})
  void resolvesServiceNamesOverUdpAndTcp(String transport) throws IOException {
    assertThat(dig(LabNet.WEB_NAME, "A", transport)).isEqualTo(LabNet.WEB_SERVICE.v4());
    assertThat(dig(LabNet.WEB_NAME, "AAAA", transport)).isEqualTo(LabNet.WEB_SERVICE.v6());
  }

  @Test
  void fetchesALongAnswerOverTcpAfterTruncation() throws IOException {
    String answers = laptop.run("dig", "+short", LabNet.BIG_NAME, "A").orThrow();

    assertThat(answers.lines()).hasSize(LabNet.BIG_NAME_ADDRESSES);
  }

  @Test
  void keepsTwoNameServersThatDisagreeApart() throws IOException {
    assertThat(dig(LabNet.SPLIT_NAME, "A", "@" + LabNet.ROUTER_LAN.v4()))
        .isEqualTo(LabNet.SPLIT_FIRST);
    assertThat(dig(LabNet.SPLIT_NAME, "A", "@" + LabNet.SECOND_NAME_SERVER.v4()))
        .isEqualTo(LabNet.SPLIT_SECOND);
  }

  private static String dig(String... words) throws IOException {
    String[] line = new String[words.length + 2];
    line[0] = "dig";
    line[1] = "+short";
    System.arraycopy(words, 0, line, 2, words.length);
    return laptop.run(line).orThrow().strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UDP4", "UDP6"})
  void carriesUdpBothWays(String transport) throws IOException {
    String pod = transport.equals("UDP4") ? LabNet.POD_ECHO.v4() : "[" + LabNet.POD_ECHO.v6() + "]";

    Run run =
        laptop.runWithInput(
            "over UDP\n",
            "socat",
            "-T2",
            "-",
            "%s:%s:%d".formatted(transport, pod, LabNet.ECHO_PORT));

    assertThat(run.stdout()).isEqualTo("over UDP\n");
  }

  @ParameterizedTest
  @CsvSource({"TCP4, 4", "TCP6, 6"})
  void takesConnectionsFromPods(String transport, int family) throws IOException {
    String self = family == 4 ? LabNet.POD_CLUSTER.v4() : "[" + LabNet.POD_CLUSTER.v6() + "]";
    try (RunningProgram listener =
        laptop.start(
            "socat",
            "-d",
            "-d",
            transport + "-LISTEN:8080,reuseaddr",
            "SYSTEM:echo from the laptop")) {
      listener.awaitLine(Pattern.compile("listening on"), Programs.LIMIT);

      Run run = programs.lab().web().run("socat", "-T5", "-", transport + ":" + self + ":8080");

      assertThat(run.stdout()).isEqualTo("from the laptop\n");
    }
  }

  @Test
  void letsIcmpUnreachableThroughBothWays() throws IOException {
    Run outbound =
        laptop.runWithInput("x", "socat", "-T2", "-", "UDP4:" + LabNet.POD_ECHO.v4() + ":9");
    Run inbound =
        programs
            .lab()
            .echo()
            .runWithInput("x", "socat", "-T2", "-", "UDP4:" + LabNet.POD_CLUSTER.v4() + ":9");

    assertThat(outbound.stderr()).contains("Connection refused");
    assertThat(inbound.stderr()).contains("Connection refused");
  }

  @Test
  void showsTheServerThePodsOwnAddress() throws IOException {
    assertThat(laptop.run("curl", "-sS", "http://" + LabNet.POD_WEB.v4() + "/").orThrow())
        .contains(LabNet.POD_CLUSTER.v4());
  }

  @Test
  void showsNothingOfItToTheRouter() throws IOException {
    Path pcap = programs.lab().directory().resolve("router.pcap");
    try (Closeable _ = programs.lab().router().capture("lan0", pcap)) {
      for (int i = 0; i < 20; i++) {
        laptop.runWithInput(
            MARK.repeat(40),
            "socat",
            "-T1",
            "-",
            "UDP4:%s:%d".formatted(LabNet.POD_ECHO.v4(), LabNet.ECHO_PORT));
      }
      laptop.run("dig", "+short", LabNet.WEB_NAME).orThrow();
    }

    String captured = Files.readString(pcap, StandardCharsets.ISO_8859_1);
    assertThat(captured.length())
        .as("something was captured")
        .isGreaterThan(20 * MARK.length() * 40);
    assertThat(captured).doesNotContain(MARK).doesNotContain("\u0003web\u0007default\u0003svc");
  }
}
