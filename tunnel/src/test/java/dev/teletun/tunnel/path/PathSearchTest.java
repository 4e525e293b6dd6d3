package dev.teletun.tunnel.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathSearchTest {
  private static final int BASE = 1186;
  private static final int CEILING = 1406;
  private static final Duration TICK = Duration.ofMillis(250);

  private long nanos;
  private final PathSearch search = new PathSearch(BASE, CEILING, () -> nanos);
  private int probes;
  private boolean deaf;
  private @Nullable Random loss;
  private long heardNanos;

  @Test
  void confirmsAWholePathWithOneProbe() {
    run(CEILING, Duration.ofSeconds(2), false);

    assertThat(search.size()).isEqualTo(CEILING);
    assertThat(search.isConfirmed()).isTrue();
    assertThat(probes).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1186, 1187, 1199, 1300, 1405})
  void findsASmallerPath(int carries) {
    run(carries, Duration.ofSeconds(8), false);

    assertThat(search.size()).isBetween(carries - PathSearch.STEP, carries);
    assertThat(search.isConfirmed()).isTrue();
  }

  @Test
  void fallsBackWithinTwoSecondsWhenABusyPathShrinks() {
    run(CEILING, Duration.ofSeconds(2), true);

    run(1200, Duration.ofSeconds(2), true);
    assertThat(search.size()).isBetween(BASE, 1200);
    run(1200, Duration.ofSeconds(6), true);

    assertThat(search.size()).isBetween(1200 - PathSearch.STEP, 1200);
  }

  @Test
  void saysNothingOnAnIdlePath() {
    run(CEILING, Duration.ofSeconds(2), false);
    probes = 0;

    run(CEILING, Duration.ofMinutes(9), false);

    assertThat(probes).isZero();
  }

  @Test
  void triesMoreAfterAWhile() {
    run(1300, Duration.ofSeconds(10), false);

    run(CEILING, Duration.ofMinutes(11), false);

    assertThat(search.size()).isEqualTo(CEILING);
  }

  @Test
  void keepsItsSizeWhileNothingAtAllArrives() {
    run(CEILING, Duration.ofSeconds(2), true);

    deaf = true;
    run(0, Duration.ofSeconds(10), true);
    deaf = false;
    run(CEILING, Duration.ofSeconds(2), true);

    assertThat(search.size()).isEqualTo(CEILING);
    assertThat(search.isConfirmed()).isTrue();
  }

  @Test
  void takesNoLossForANarrowPath() {
    loss = new Random(1);

    for (int minute = 0; minute < 10; minute++) {
      run(CEILING, Duration.ofMinutes(1), true);

      assertThat(search.size()).as("after minute %d", minute).isEqualTo(CEILING);
    }
    assertThat(probes).isLessThan(10 * 60 * 4);
  }

  @Test
  void staysAtTheBaseWhenNoProbeArrives() {
    run(0, Duration.ofMinutes(1), true);

    assertThat(search.size()).isEqualTo(BASE);
    assertThat(search.isConfirmed()).isFalse();
  }

  @Test
  void waitsThreeRoundTrips() {
    long roundTrip = Duration.ofMillis(300).toNanos();
    assertThat(search.due(false, nanos)).isEqualTo(CEILING);
    nanos += roundTrip;
    search.acknowledged(CEILING);
    search.hear(BASE - 1);
    assertThat(search.due(false, nanos)).isEqualTo(CEILING);

    nanos += 3 * roundTrip - 1;
    assertThat(search.due(false, nanos)).isZero();
    nanos++;

    assertThat(search.due(false, nanos)).isEqualTo(CEILING);
  }

  @Test
  void takesAHintUntilLargerProbesArrive() {
    run(CEILING, Duration.ofSeconds(2), false);

    search.hear(1300);
    assertThat(search.size()).isEqualTo(1300);
    run(CEILING, Duration.ofSeconds(5), false);

    assertThat(search.size()).isBetween(CEILING - PathSearch.STEP, CEILING);
  }

  @Test
  void believesNoHintBelowTheBase() {
    run(CEILING, Duration.ofSeconds(2), false);

    search.hear(BASE - 1);
    assertThat(search.size()).isEqualTo(CEILING);
    probes = 0;
    run(CEILING, Duration.ofSeconds(2), false);

    assertThat(search.size()).isEqualTo(CEILING);
    assertThat(probes).isEqualTo(1);
  }

  @Test
  void findsABlackHoleWhileSomebodyKeepsGivingFalseHints() {
    run(CEILING, Duration.ofSeconds(2), true);

    for (int i = 0; i < 20; i++) {
      search.hear(BASE - 600);
      run(1200, TICK, true);
    }

    assertThat(search.size()).isBetween(BASE, 1200);
  }

  @Test
  void settlesOnAHintThatIsTrue() {
    search.hear(1376);
    run(1376, Duration.ofSeconds(10), true);

    assertThat(search.size()).isEqualTo(1376);
    assertThat(search.isConfirmed()).isTrue();
  }

  @Test
  void beginsAnewOnAnotherPath() {
    run(1300, Duration.ofSeconds(10), false);

    search.restart(1500);

    assertThat(search.size()).isEqualTo(1500);
    assertThat(search.isConfirmed()).isFalse();
  }

  @Test
  void ignoresAcknowledgementsOfWhatCannotHaveBeenSent() {
    search.acknowledged(CEILING + 1);

    assertThat(search.size()).isEqualTo(CEILING);
    assertThat(search.isConfirmed()).isFalse();
  }

  /** At 20 % loss each way, if there is any. */
  private boolean isAnswered() {
    return loss == null || loss.nextInt(25) < 16;
  }

  /** Ticks for a while on a path that carries {@code carries} bytes; small things always arrive. */
  private void run(int carries, Duration howLong, boolean busy) {
    long end = nanos + howLong.toNanos();
    while (nanos < end) {
      int size = search.due(busy, heardNanos);
      for (int copies = size > 0 ? search.copies() : 0; copies > 0; copies--) {
        probes++;
        if (size <= carries && isAnswered()) {
          search.acknowledged(size);
        }
      }
      nanos += TICK.toNanos();
      heardNanos = deaf ? heardNanos : nanos;
    }
  }
}
