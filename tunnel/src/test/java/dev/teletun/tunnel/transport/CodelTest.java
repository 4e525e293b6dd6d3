package dev.teletun.tunnel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A packet a millisecond leaves a queue in which all wait for the same time. */
class CodelTest {
  private static final long MILLI = 1_000_000;
  private static final int MUCH = 100_000;

  private final Codel codel = new Codel();
  private long now = Long.MAX_VALUE - 500 * MILLI; // so that it overflows on the way

  @Test
  void dropsNothingOfAShortQueue() {
    assertThat(drops(5_000, 4, MUCH)).isEmpty();
  }

  @Test
  void dropsNothingOfABurst() {
    assertThat(drops(90, 50, MUCH)).isEmpty();
    assertThat(drops(1, 1, MUCH)).isEmpty();
    assertThat(drops(90, 50, MUCH)).isEmpty();
  }

  @Test
  void dropsNothingOfWhatHasNothingBehindIt() {
    assertThat(drops(5_000, 50, 100)).isEmpty();
  }

  @Test
  void dropsMoreAndMoreOftenWhileTheQueueStaysLong() {
    List<Integer> at = drops(1_000, 50, MUCH);

    assertThat(at).startsWith(100, 200, 271); // RFC 8289 §4.4: interval / sqrt(drops)
    assertThat(at.getLast() - at.get(at.size() - 2)).isBetween(20, 40);
  }

  @Test
  void stopsAtOnceWhenTheQueueIsShortAgainAndThenGoesOnWhereItWas() {
    int before = drops(1_000, 50, MUCH).size();
    assertThat(drops(200, 1, MUCH)).isEmpty();

    List<Integer> at = drops(300, 50, MUCH);

    assertThat(at.getFirst()).isEqualTo(100);
    assertThat(at.get(1) - at.getFirst()).isLessThan(100 / (int) Math.sqrt(before) + 10);
  }

  /** After how many milliseconds it dropped. */
  private List<Integer> drops(int millis, int waitMillis, int behind) {
    List<Integer> at = new ArrayList<>();
    for (int milli = 0; milli < millis; milli++) {
      if (codel.drops(waitMillis * MILLI, behind, now)) {
        at.add(milli);
      }
      now += MILLI;
    }
    return at;
  }
}
