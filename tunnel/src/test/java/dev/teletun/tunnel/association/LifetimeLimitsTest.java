package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LifetimeLimitsTest {
  private static final Lifetime LIFETIME = new Lifetime(16, Duration.ofNanos(1_000));

  @Test
  void endsWithItsLastRecord() {
    assertThat(LIFETIME.isUsedUp(after(15))).isFalse();
    assertThat(LIFETIME.isOver(after(15), 0)).isFalse();
    assertThat(LIFETIME.isUsedUp(after(16))).isTrue();
    assertThat(LIFETIME.isOver(after(16), 0)).isTrue();
  }

  @Test
  void endsWithItsTime() {
    assertThat(LIFETIME.isOver(after(0), 999)).isFalse();
    assertThat(LIFETIME.isOver(after(0), 1_000)).isTrue();
  }

  @Test
  void isToBeRenewedAQuarterBeforeEither() {
    assertThat(LIFETIME.isRenewalDue(after(11), 749)).isFalse();
    assertThat(LIFETIME.isRenewalDue(after(12), 0)).isTrue();
    assertThat(LIFETIME.isRenewalDue(after(0), 750)).isTrue();
  }

  private static Association after(int records) {
    SealedPair pair = SealedPair.of(1);
    for (int i = 0; i < records; i++) {
      pair.byClient(new byte[1]);
    }
    return pair.client();
  }
}
