package dev.teletun.protocol.count;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.teletun.protocol.control.ControlException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportLinesTest {
  private static final Report REPORT =
      new Report(
          List.of(
              Fact.text("session", "attached"),
              Fact.text("dns", ""),
              Fact.number("pid", 42),
              Fact.list("routes", List.of()),
              Fact.list("podAddresses", List.of("10.1.2.3", "fd00::3"))),
          List.of(
              new Count("teletun_packets", "Packets.", "direction", "to_peer", Long.MAX_VALUE),
              new Count("teletun_lost", "Lost.", "", "", 0)));

  @Test
  void givesBackWhatWasReported() throws ControlException {
    assertThat(ReportLines.decode(ReportLines.encode(REPORT))).isEqualTo(REPORT);
  }

  @Test
  void keepsForeignTextInItsField() throws ControlException {
    Report hostile = new Report(List.of(Fact.text("client", "a\tb\nend\n")), List.of());

    assertThat(ReportLines.decode(ReportLines.encode(hostile)).facts())
        .containsExactly(Fact.text("client", "a b end "));
  }

  @Test
  void refusesEveryTruncation() {
    byte[] whole = ReportLines.encode(REPORT);

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ReportLines.decode(cut))
          .as("%d bytes", length)
          .isInstanceOf(ControlException.class);
    }
  }

  @Test
  void passesOverLinesOfALaterVersion() throws ControlException {
    assertThat(ReportLines.decode("graph\tx\nfact\ta\ttext\tb\nend\n".getBytes(UTF_8)).facts())
        .containsExactly(Fact.text("a", "b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fact\tname",
        "fact\tname\ttext",
        "fact\tname\ttext\ta\tb",
        "fact\tname\tnumber\tx",
        "fact\tname\tpicture\tx",
        "count\ta\tb\tc\td\tx",
        "count\ta\tb\tc\td",
      })
  void refusesLinesThatMeanNothing(String line) {
    assertThatThrownBy(() -> ReportLines.decode((line + "\nend\n").getBytes(UTF_8)))
        .isInstanceOf(ControlException.class);
  }
}
