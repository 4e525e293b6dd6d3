package dev.teletun.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AscentTest {
  private long now = -1_000_000_000L;
  private final Ascent ascent = new Ascent(() -> now);

  @Test
  void triesSoonAndThenEverLessOften() {
    for (int seconds : new int[] {10, 20, 40, 60, 60}) {
      assertThat(ascent.left()).hasSeconds(seconds);
      pass(seconds);
      assertThat(ascent.left()).isZero();
      ascent.tried(false);
    }
  }

  @Test
  void triesAtOnceWhenTheNetworkHasChanged() {
    pass(10);
    ascent.tried(false);

    ascent.changed();

    assertThat(ascent.left()).isZero();
  }

  @Test
  void isInNoHurryOnceAChangeHasBeenLookedInto() {
    ascent.changed();

    for (int seconds : new int[] {0, 10, 20, 40}) {
      assertThat(ascent.left()).hasSeconds(seconds);
      pass(seconds);
      ascent.tried(false);
    }
  }

  @Test
  void isNotDrivenByChangesThatDoNotEnd() {
    int tries = 0;
    for (int second = 0; second < 60; second++) {
      ascent.changed();
      if (ascent.left().isZero()) {
        ascent.tried(false);
        tries++;
      }
      pass(1);
    }

    assertThat(tries).isLessThanOrEqualTo(7);
  }

  @Test
  void triesSoonAgainWhenAnOldPlaceWasLost() {
    pass(10);
    ascent.tried(true);
    for (int i = 0; i < 5; i++) {
      pass(60);
      ascent.tried(false);
    }

    ascent.fell();

    assertThat(ascent.left()).hasSeconds(10);
  }

  @Test
  void triesLaterEachTimeThatAPlaceIsLostSoonAfterItWasTaken() {
    for (int seconds : new int[] {20, 40, 80, 160, 300, 300}) {
      pass(1);
      ascent.tried(true);
      pass(5);
      ascent.fell();
      assertThat(ascent.left()).hasSeconds(seconds);
    }
    ascent.tried(true);
    pass(60);

    ascent.fell();

    assertThat(ascent.left()).hasSeconds(10);
  }

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }
}
