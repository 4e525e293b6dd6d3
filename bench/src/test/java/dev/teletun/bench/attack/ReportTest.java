package dev.teletun.bench.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.bench.tunnel.Memory;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Memory SMALL = new Memory(100, 60);

  @Test
  void comparesRoundByRoundWithTheSameLoadOnTheMachine() {
    Rates without = rates(4, 3, 2);
    Rates with = rates(3.8, 2.97, 1);

    assertThat(with.shareOf(without)).isEqualTo(0.95);
  }

  @Test
  void saysWhichGoalsWereMissed() {
    String text = report(0.10, 0).text();
    String missed = report(0.16, 1).text();

    assertThat(text).doesNotContain("MISSED").contains("10.0 % of a core", "99.0 %");
    assertThat(missed.lines().filter(line -> line.endsWith("MISSED")))
        .hasSize(2)
        .anyMatch(line -> line.contains("associations lost"))
        .anyMatch(line -> line.contains("16.0 % of a core"));
  }

  @Test
  void writesFiguresAndGoalsForPrograms() {
    assertThat(report(0.16, 0).json())
        .startsWith("{")
        .endsWith("}\n")
        .contains("\"associationsLost\": 0", "\"floodCores\": 0.160", "\"reached\": false")
        .contains("\"server-external\": [100.000, 100.000, 100.000]");
  }

  private static Rates rates(double... upAndDown) {
    Rates rates = new Rates();
    for (double gigabits : upAndDown) {
      rates.add(gigabits, gigabits);
    }
    return rates;
  }

  private static Report report(double cores, int lost) {
    Map<Under, Rates> rates = new EnumMap<>(Under.class);
    for (Under under : Under.values()) {
      rates.put(under, rates(2, 2, 2));
    }
    rates.put(Under.AT_THE_SERVER, rates(1.98, 1.98, 1.98));
    Map<String, Memory> memory = Map.of("server-external", SMALL);
    Flood flood =
        new Flood(
            6,
            new Flood.Counted(60, 6000),
            new Flood.Counted(60, 5000),
            cores,
            SMALL,
            SMALL,
            30,
            30);
    return new Report(
        "forged datagrams", 3, 5, 10_000, 100, lost, rates, memory, memory, flood, memory);
  }
}
