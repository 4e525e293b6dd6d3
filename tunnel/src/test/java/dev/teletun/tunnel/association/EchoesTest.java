package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EchoesTest {
  private long now = 1_000;
  private final Echoes echoes = new Echoes(() -> now);

  @Test
  void waitsForNothingBeforeTheFirst() {
    assertThat(echoes.unansweredNanos()).isZero();
    assertThat(echoes.isAnswered()).isTrue();
  }

  @Test
  void waitsSinceTheEchoLeftHoweverLongItWasIdleBefore() {
    int first = echoes.next();
    echoes.answered(first);
    now += 60_000;

    echoes.next();
    now += 7;

    assertThat(echoes.unansweredNanos()).isEqualTo(7);
  }

  @Test
  void countsFromTheOldestWhileNoneIsAnswered() {
    echoes.next();
    now += 100;
    echoes.next();
    now += 100;

    assertThat(echoes.unansweredNanos()).isEqualTo(200);
  }

  @Test
  void countsFromTheNextOneWhenTheOldestIsAnswered() {
    int first = echoes.next();
    now += 100;
    echoes.next();
    now += 100;

    echoes.answered(first);

    assertThat(echoes.unansweredNanos()).isEqualTo(100);
    assertThat(echoes.roundTripNanos()).isEqualTo(200);
    assertThat(echoes.isAnswered()).isFalse();
  }

  @Test
  void takesTheAnswerToALaterOneForTheLostOnesToo() {
    echoes.next();
    now += 100;
    int second = echoes.next();
    now += 30;

    echoes.answered(second);

    assertThat(echoes.unansweredNanos()).isZero();
    assertThat(echoes.roundTripNanos()).isEqualTo(30);
  }

  @Test
  void passesOverWhatWasNeverAskedAndWhatIsAnsweredAlready() {
    int first = echoes.next();
    echoes.answered(first);
    int second = echoes.next();
    now += 5;

    echoes.answered(first);
    echoes.answered(second + 1);
    echoes.answered(second - 40);

    assertThat(echoes.unansweredNanos()).isEqualTo(5);
  }
}
