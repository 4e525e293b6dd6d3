package dev.teletun.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.bench.tunnel.Peers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Curve CURVE =
      new Curve(
          "clients",
          "clients",
          "Gb/s",
          List.of(1, 2, 4),
          List.of(Peers.TELETUN, Peers.WIREGUARD),
          (_, _, _) -> 0);

  @Test
  void tellsMedianLeastAndGreatestOfEachPoint() {
    assertThat(report().text(CURVE)).contains("3.00 (2.00-4.00)", "1.50 (1.50-1.50)", "-");
  }

  @Test
  void drawsWhatWasMeasured() {
    Report report = report();

    assertThat(report.columns())
        .contains("1\t3.0000\t2.0000\t4.0000\n", "2\t1.5000\t1.5000\t1.5000\n")
        .doesNotContain("NaN", "\n4\t");
    assertThat(report.plot("file"))
        .contains("index 0", "index 1 using 0:2:xticlabels(1)", "title 'wireguard-go'");
    assertThat(report.json(Map.of())).contains("\"values\": {\"1\": [4.000, 2.000, 3.000]}");
  }

  private static Report report() {
    Line ours = new Line(CURVE, Peers.TELETUN);
    ours.add(1, 4);
    ours.add(1, 2);
    ours.add(1, 3);
    Line theirs = new Line(CURVE, Peers.WIREGUARD);
    theirs.add(2, 1.5);
    return new Report(List.of(ours, theirs));
  }
}
