package dev.teletun.protocol.count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CountersTest {
  private final Counters counters = new Counters();

  @Test
  void readsWhatIsCountedAtThatMoment() {
    AtomicLong lost = new AtomicLong();
    Events doors = new Events("opened", "closed");
    counters.count("teletun_lost", "Lost.", lost::get);
    counters.family("teletun_doors", "Doors.", "event", doors::read);

    lost.set(7);
    doors.count("closed");

    assertThat(counters.read())
        .containsExactly(
            new Count("teletun_lost", "Lost.", "", "", 7),
            new Count("teletun_doors", "Doors.", "event", "opened", 0),
            new Count("teletun_doors", "Doors.", "event", "closed", 1));
  }

  @Test
  void refusesASecondFamilyOfTheSameNameAndNamesThatMonitoringRefuses() {
    counters.count("teletun_lost", "Lost.", () -> 0);

    assertThatThrownBy(() -> counters.count("teletun_lost", "Again.", () -> 0))
        .hasMessageContaining("teletun_lost");
    for (String name : List.of("", "Upper", "with-dash", "twice_total")) {
      assertThatThrownBy(() -> counters.count(name, "Bad.", () -> 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void keepsWhatTheGoneOnesCounted() {
    Totals totals = new Totals();
    totals.retire(Map.of("EPERM", 2L));

    assertThat(totals.with(List.of(Map.of("EPERM", 1L), Map.of("ENETUNREACH", 5L))))
        .containsExactly(Map.entry("ENETUNREACH", 5L), Map.entry("EPERM", 3L));
  }
}
