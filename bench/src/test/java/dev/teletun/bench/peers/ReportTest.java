package dev.teletun.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.bench.tunnel.Memory;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void comparesMediansWithWireguard() {
    Report report = report();

    assertThat(report.table())
        .contains("3.00 (2.00-4.00)") // up, three rounds
        .contains("x 1.50") // 3 to 2
        .contains("client 99 (55)");
  }

  @Test
  void writesNumbersThatJsonKnows() {
    Report report = report();

    String json = report.json(Map.of("kernel", "6 \"x\""));

    assertThat(json)
        .contains("\"kernel\": \"6 \\\"x\\\"\"")
        .contains("\"up Gb/s\": [2.0000, 4.0000, 3.0000]")
        .contains("\"CPU s/GB up\": [0, 0, 0]") // nothing to divide by: NaN
        .doesNotContain("NaN");
  }

  private static Report report() {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    samples.put(Peers.TELETUN, List.of(sample(2), sample(4), sample(3)));
    samples.put(Peers.WIREGUARD, List.of(sample(2), sample(2), sample(2)));
    return new Report(samples, Map.of(Peers.TELETUN, Map.of("client", new Memory(99.4, 55))));
  }

  private static Sample sample(double up) {
    return new Sample(up, 1, Double.NaN, 1, 1, 1);
  }
}
