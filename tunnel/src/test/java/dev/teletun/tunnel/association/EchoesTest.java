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
  void knowsHowLongAgoTheLastAnswerCame() {
    now += 40;
    assertThat(echoes.sinceAnswerNanos()).isEqualTo(40);

    int id = echoes.next();
    now += 70;
    assertThat(echoes.sinceAnswerNanos()).isEqualTo(110);

    echoes.answered(id);
    now += 5;
    echoes.answered(id);
    echoes.next();

    assertThat(echoes.sinceAnswerNanos()).isEqualTo(5);
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

  @Test
  void tellsHowLongTheOldestWithoutAnAnswerHasBeenUnderWay() {
    assertThat(echoes.unansweredNanos()).isZero();
    int first = echoes.next();
    now += 10;
    echoes.next();
    now += 5;
    int third = echoes.next();
    now += 1;
    assertThat(echoes.unansweredNanos()).isEqualTo(16);

    echoes.answered(first);
    assertThat(echoes.unansweredNanos()).isEqualTo(6);

    echoes.answered(third);
    assertThat(echoes.unansweredNanos()).isZero();
    now += 100;
    echoes.next();
    now += 3;
    assertThat(echoes.unansweredNanos()).isEqualTo(3);
  }

  @Test
  void remembersTheBeginningOfTheLastThirtyTwo() {
    int first = echoes.next();
    now += 7;
    for (int i = 1; i < 32; i++) {
      echoes.next();
    }

    echoes.answered(first);

    assertThat(echoes.roundTripNanos()).isEqualTo(7);
  }

  @Test
  void answersAreTakenHoweverManyThereWere() {
    int last = 0;
    for (int i = 0; i < 40; i++) {
      last = echoes.next();
      now += 2;
      echoes.answered(last);
    }

    assertThat(last).isEqualTo(40);
    assertThat(echoes.roundTripNanos()).isEqualTo(2);
  }
}
