package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.impair.BadRouter;
import dev.teletun.lab.impair.Fault;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The router between laptop and node does what bad networks do, both ways. */
@Tag("netns")
@Timeout(120)
class ImpairedIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  // At 30 % each way one connection in forty stands still for half a minute, tunnel or not.
  private static final int TRIES = 4;
  private static final Duration TRY = Duration.ofSeconds(25);

  private static Programs programs;
  private static Host laptop;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.connected("bad", LabOptions.DEFAULT);
    laptop = programs.laptop();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LOSS, 1, 3000000, ''",
    "LOSS, 10, 200000, ''",
    "LOSS, 30, 20000, ''",
    "DUPLICATION, 10, 1000000, replayed",
    "REORDERING, 10, 1000000, ''",
    "CORRUPTION, 10, 200000, forged"
  })
  void aTransferEndsRightOnTheSameAssociation(
      Fault fault, double percent, int bytes, String counter) throws IOException {
    final long associations = clients("begun");
    final long before = counter.isEmpty() ? 0 : both(counter);
    try (BadRouter _ = BadRouter.strike(programs.lab(), fault, percent)) {
      String sum = download(bytes);

      assertThat(sum).isEqualTo(expected(bytes));
    }
    assertThat(clients("begun")).isEqualTo(associations);
    if (!counter.isEmpty()) {
      assertThat(both(counter)).as(counter).isGreaterThan(before);
    }
  }

  private static String download(int bytes) throws IOException {
    String file = laptop.logs().resolve("impaired").toString();
    laptop
        .run(
            TRY.multipliedBy(TRIES),
            "curl",
            "-sS",
            "--max-time",
            "" + TRY.toSeconds(),
            "--retry",
            "" + (TRIES - 1),
            "--retry-all-errors",
            "--retry-delay",
            "0",
            "-o",
            file,
            "http://%s/bytes/%d".formatted(LabNet.POD_WEB.v4(), bytes))
        .orThrow();
    return laptop.run("sha256sum", file).orThrow().split(" ", -1)[0];
  }

  private static String expected(int bytes) throws IOException {
    String url = "http://%s/sha256/%d".formatted(LabNet.POD_WEB.v4(), bytes);
    return programs.lab().web2().run("curl", "-sS", url).orThrow().strip();
  }

  @Test
  void nothingInsideArrivesTwice() throws IOException {
    String script =
        """
        import socket
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.connect(('%s', %d))
        s.settimeout(1)
        seen, repeated = set(), 0
        def take():
            global repeated
            number = int(s.recv(100))
            repeated += number in seen
            seen.add(number)
        for i in range(500):
            s.send(b'%%d' %% i)
            try: take()
            except socket.timeout: pass
        try:
            while True: take()
        except socket.timeout: pass
        print(len(seen), repeated)
        """
            .formatted(LabNet.POD_ECHO.v4(), LabNet.ECHO_PORT);
    try (BadRouter _ = BadRouter.strike(programs.lab(), Fault.DUPLICATION, 50)) {
      long replayed = both("replayed");

      assertThat(laptop.run("python3", "-c", script).orThrow().strip()).isEqualTo("500 0");
      assertThat(both("replayed") - replayed).as("of about 1000 copies").isGreaterThan(100);
    }
  }

  /** As much as goes through, both ways, for several keepalives and liveness checks. */
  @Test
  void aSaturatedLinkStarvesNeitherControlNorSignsOfLife() throws IOException {
    final long associations = clients("begun");
    final long sessions = external("teletun_sessions", "begun");
    try (BadRouter _ = BadRouter.narrow(programs.lab(), 10, 100);
        RunningProgram up = load();
        RunningProgram down = load("-R")) {
      int up0 = up.awaitExit(PATIENCE);
      int down0 = down.awaitExit(PATIENCE);

      assertThat(List.of(up0, down0)).as(up.output() + down.output()).containsOnly(0);
    }
    assertThat(clients("begun")).isEqualTo(associations);
    assertThat(external("teletun_sessions", "begun")).isEqualTo(sessions);
    assertThat(status(laptop)).contains("\"session\":\"attached\"", "\"transport\":\"UDP\"");
  }

  private static RunningProgram load(String... more) throws IOException {
    String port = more.length == 0 ? "5301" : "5302";
    Host pod = programs.lab().echo();
    pod.start("iperf3", "-s", "-1", "-p", port);
    Until.holds(() -> assertThat(pod.listens(Integer.parseInt(port))).isTrue());
    String line =
        "iperf3 -c %s -p %s -t 4 %s".formatted(LabNet.POD_ECHO.v4(), port, String.join(" ", more));
    return laptop.start("sh", "-c", line);
  }

  private static long clients(String event) throws IOException {
    return count(laptop, "teletun_associations", event);
  }

  private static long external(String family, String event) throws IOException {
    return count(programs.lab().podExternal(), family, event);
  }

  /** Records with this outcome at both ends. */
  private static long both(String outcome) throws IOException {
    return count(laptop, "teletun_records", outcome) + external("teletun_records", outcome);
  }

  private static long count(Host host, String family, String label) throws IOException {
    String status = status(host);
    Matcher found =
        Pattern.compile("\"%s\":\\{[^}]*\"%s\":(\\d+)".formatted(family, label)).matcher(status);
    assertThat(found.find()).as(family + " " + label + " in " + status).isTrue();
    return Long.parseLong(found.group(1));
  }

  private static String status(Host host) throws IOException {
    Run run = host.run(programs.teletun("status", "-output=json"));
    return run.orThrow();
  }
}
