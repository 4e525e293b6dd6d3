package dev.teletun.cli.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.teletun.protocol.count.Count;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Report;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusSocketTest {
  private static final Report REPORT =
      new Report(
          List.of(Fact.list("podAddresses", List.of("10.1.2.3", "fd00::3"))),
          List.of(
              new Count("teletun_packets", "Packets.", "direction", "to_peer", 5),
              new Count("teletun_packets", "Packets.", "direction", "from_peer", 0),
              new Count("teletun_lost", "Lost.", "", "", 0)));

  @Test
  void isFoundByItsNameAndTellsEverything() throws IOException {
    try (StatusSocket socket = StatusSocket.open("tester", () -> REPORT, _ -> {})) {
      RunningProgram found =
          RunningProgram.all().stream()
              .filter(p -> p.socket().equals(socket.name()))
              .findFirst()
              .orElseThrow();

      Report told = found.report();

      assertThat(found.program()).isEqualTo("tester");
      assertThat(found.pid()).isEqualTo(ProcessHandle.current().pid());
      assertThat(told.facts())
          .contains(Fact.text("program", "tester"))
          .endsWith(REPORT.facts().getFirst());
      assertThat(told.counts()).isEqualTo(REPORT.counts());
    }
  }

  @Test
  void goesOnAfterAReportThatFailed() throws IOException {
    boolean[] broken = {true};
    ReportSource source =
        () -> {
          if (broken[0]) {
            throw new IOException("not now");
          }
          return REPORT;
        };
    try (StatusSocket socket = StatusSocket.open("tester", source, _ -> {})) {
      RunningProgram program = RunningProgram.of(socket.name()).orElseThrow();

      assertThatThrownBy(program::report).hasMessageContaining("refuses");
      broken[0] = false;

      assertThat(program.report().counts()).isEqualTo(REPORT.counts());
    }
  }

  @Test
  void isGoneOnceClosed() throws IOException {
    StatusSocket socket = StatusSocket.open("tester", () -> REPORT, _ -> {});
    RunningProgram program = RunningProgram.of("@" + socket.name()).orElseThrow();

    socket.close();

    assertThatThrownBy(program::report).hasMessageContaining("no program answers");
    assertThat(RunningProgram.all()).doesNotContain(program);
  }

  @Test
  void takesNoOtherNameForAProgramOfOurs() {
    assertThat(RunningProgram.of("teletun/client/12/0123456789abcdef")).isPresent();
    assertThat(RunningProgram.of("teletun/client/12/0123456789abcdef\n")).isEmpty();
    assertThat(RunningProgram.of("teletun/client/99999999999/0123456789abcdef")).isEmpty();
    assertThat(RunningProgram.of("X11-unix/X0")).isEmpty();
  }

  @Test
  void showsPeopleOnlyWhatIsNotZero() {
    assertThat(ReportText.lines(REPORT))
        .containsExactly(
            "pod addresses             10.1.2.3, fd00::3",
            "counted so far:",
            "  packets                 to peer 5");
  }

  @Test
  void leavesTheNamesOfErrorsAlone() {
    Report report =
        new Report(
            List.of(), List.of(new Count("teletun_losses", "Lost.", "errno", "EMSGSIZE", 9)));

    assertThat(ReportText.lines(report)).endsWith("  losses                  EMSGSIZE 9");
  }

  @Test
  void showsProgramsEverything() {
    assertThat(ReportText.json(REPORT))
        .isEqualTo(
            """
            {"podAddresses":["10.1.2.3","fd00::3"],"counters":{"teletun_packets":{"to_peer":5,"from_peer":0},"teletun_lost":0}}\
            """);
  }
}
