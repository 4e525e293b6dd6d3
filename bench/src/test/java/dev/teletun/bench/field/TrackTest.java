package dev.teletun.bench.field;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrackTest {
  private final Track track =
      Track.of(
          List.of("s 0 100", "s 1 200", "r 7 250", "s 2 300", "s 3 400", "s 4"),
          List.of("r 0 150", "r 3 450", "r 2 460", "s 0 10", "r 3 470"));

  @Test
  void countsWhatLeftInATimeAndNeverCame() {
    assertThat(track.lost(0, 1_000)).isEqualTo(1);
    assertThat(track.lost(0, 200)).isZero();
    assertThat(track.lost(201, 1_000)).isZero();
  }

  @Test
  void tellsWhenTheFirstCameThatLeftAfterATime() {
    assertThat(track.firstArrivalAfter(100)).isEqualTo(150);
    assertThat(track.firstArrivalAfter(101)).isEqualTo(450);
    assertThat(track.firstArrivalAfter(401)).isZero();
  }

  @Test
  void countsWhatCameAfterAGreaterNumber() {
    assertThat(track.outOfOrder()).isEqualTo(1);
  }
}
