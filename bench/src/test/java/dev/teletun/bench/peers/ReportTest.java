package dev.teletun.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.bench.tunnel.Figure;
import dev.teletun.bench.tunnel.Memory;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void comparesMediansWithTheGoals() {
    Report report = report();

    assertThat(report.text())
        .contains("3.00 (2.00-4.00)") // up, three rounds
        .contains("1.50 x wireguard-go, goal at least 1.50: met") // 3 to 2
        .contains("2.00 x wireguard-go, goal at most 1.00: MISSED") // RTT 600 to 300
        .doesNotContain("x openvpn") // not measured
        .contains("client 99 (55)");
  }

  @Test
  void writesNumbersThatJsonKnows() {
    Report report = report();

    String json = report.json(Map.of("kernel", "6 \"x\""));

    assertThat(json)
        .contains("\"kernel\": \"6 \\\"x\\\"\"")
        .contains("\"1 stream up, Gb/s\": [2.000, 4.000, 3.000]")
        .contains("\"CPU up, s/GB\": [null, null, null]") // not measured
        .contains("\"ratio\": 1.500, \"atLeast\": 1.500, \"met\": true")
        .doesNotContain("NaN");
  }

  private static Report report() {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    samples.put(Peers.TELETUN, List.of(sample(2, 600), sample(4, 600), sample(3, 600)));
    samples.put(Peers.WIREGUARD, List.of(sample(2, 300), sample(2, 300), sample(2, 300)));
    return new Report(samples, Map.of(Peers.TELETUN, Map.of("client", new Memory(99.4, 55))));
  }

  private static Sample sample(double up, double delay) {
    return new Sample().with(Figure.UP, up).with(Figure.IDLE_MEDIAN, delay);
  }
}
