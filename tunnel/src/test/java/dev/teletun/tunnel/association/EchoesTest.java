package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EchoesTest {
  private long now = 1_000;
  private final Echoes echoes = new Echoes(() -> now);

  @Test
  void measuresTheTimeToAnAnswer() {
    int id = echoes.next();
    now += 70;

    echoes.answered(id);

    assertThat(echoes.roundTripNanos()).isEqualTo(70);
    assertThat(echoes.isAnswered()).isTrue();
  }

  @Test
  void measuresEachOfSeveralUnderWayByItsOwnBeginning() {
    int first = echoes.next();
    now += 100;
    int second = echoes.next();
    now += 300;

    echoes.answered(first);

    assertThat(echoes.roundTripNanos()).isEqualTo(400);
    assertThat(echoes.isAnswered()).isFalse();

    echoes.answered(second);

    assertThat(echoes.roundTripNanos()).isEqualTo(300);
    assertThat(echoes.isAnswered()).isTrue();
  }

  @Test
  void letsTheLastAnswerStandForThoseThatWereLost() {
    echoes.next();
    int second = echoes.next();
    now += 50;

    echoes.answered(second);

    assertThat(echoes.isAnswered()).isTrue();
  }

  @Test
  void passesOverWhatIsOldTwiceOrNeverAsked() {
    int first = echoes.next();
    int second = echoes.next();
    now += 10;
    echoes.answered(second);
    now += 1_000;

    echoes.answered(first);
    echoes.answered(second);
    echoes.answered(second + 1);
    echoes.answered(second - 1_000);

    assertThat(echoes.roundTripNanos()).isEqualTo(10);
    assertThat(echoes.isAnswered()).isTrue();
  }

  @Test
  void passesOverAnAnswerOfWhichItForgotTheBeginning() {
    int first = echoes.next();
    for (int i = 0; i < 32; i++) {
      echoes.next();
    }

    echoes.answered(first);

    assertThat(echoes.roundTripNanos()).isZero();
    assertThat(echoes.isAnswered()).isFalse();
  }
}
