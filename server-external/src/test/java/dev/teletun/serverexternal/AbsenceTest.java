package dev.teletun.serverexternal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AbsenceTest {
  private long now = TimeUnit.DAYS.toNanos(1);
  private long heard = now;
  private long packets = 7;
  private final Absence absence = new Absence(() -> now);

  AbsenceTest() {
    assertThat(isToBeAsked()).isFalse();
  }

  @Test
  void aClientToWhichNothingIsSentMayBeSilent() {
    pass(60_000);

    assertThat(isToBeAsked()).isFalse();
    assertThat(absence.isCertain()).isFalse();
  }

  @Test
  void aClientThatIsSilentForASecondIsAsked() {
    packets++;
    pass(999);
    assertThat(isToBeAsked()).isFalse();

    pass(1);
    assertThat(isToBeAsked()).isTrue();
  }

  @Test
  void itIsAskedAgainAsLongAsPacketsLeave() {
    ask();
    pass(500);
    assertThat(isToBeAsked()).as("nothing left since").isFalse();

    packets++;
    assertThat(isToBeAsked()).isTrue();
    packets++;
    pass(499);
    assertThat(isToBeAsked()).isFalse();
    pass(1);
    assertThat(isToBeAsked()).isTrue();
  }

  @Test
  void itIsAwayWhenItHasNotAnsweredForASecondAndAHalf() {
    ask();
    pass(1_499);
    assertThat(absence.isCertain()).isFalse();

    pass(1);
    assertThat(absence.isCertain()).isTrue();
  }

  @Test
  void askingAgainPutsNothingOff() {
    ask();
    pass(1_000);
    packets++;
    assertThat(isToBeAsked()).isTrue();
    pass(500);

    assertThat(absence.isCertain()).isTrue();
  }

  @Test
  void anythingThatComesEndsIt() {
    ask();
    pass(5_000);
    heard = now;

    assertThat(isToBeAsked()).isFalse();
    assertThat(absence.isCertain()).isFalse();
    pass(1_000);
    assertThat(isToBeAsked()).as("nothing left since").isFalse();
  }

  private void ask() {
    packets++;
    pass(1_000);
    assertThat(isToBeAsked()).isTrue();
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private boolean isToBeAsked() {
    return absence.isToBeAsked(heard, packets);
  }
}
