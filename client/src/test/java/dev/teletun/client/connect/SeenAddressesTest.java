package dev.teletun.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenAddressesTest {
  private static final InetAddress WEB = Addresses.parse("10.96.7.8");
  private static final InetAddress DB = Addresses.parse("fd00:96::8");

  private Instant now = Instant.parse("2026-01-01T08:00:00Z");
  private final SeenAddresses seen = new SeenAddresses(() -> now);

  @Test
  void forgetsAnAddressTwelveHoursAfterTheLastAnswer() {
    assertThat(seen.add(WEB)).isTrue();
    assertThat(seen.add(DB)).isTrue();
    now = now.plus(Duration.ofHours(11));
    assertThat(seen.add(WEB)).isFalse();

    now = now.plus(Duration.ofHours(2));

    assertThat(seen.now()).containsExactly(WEB);
    assertThat(seen.add(DB)).isTrue();
  }

  @Test
  void keepsTheThousandThatWereHeardOfLast() {
    seen.add(WEB);
    seen.add(DB);
    for (int i = 0; i < SeenAddresses.MOST - 2; i++) {
      seen.add(Addresses.parse("10.1.%d.%d".formatted(i / 250, i % 250)));
    }
    seen.add(WEB);

    assertThat(seen.add(Addresses.parse("10.2.0.1"))).isTrue();

    assertThat(seen.now()).hasSize(SeenAddresses.MOST).contains(WEB).doesNotContain(DB);
  }

  @Test
  void leavesToTheClusterWhatItLists() {
    seen.add(WEB);
    seen.add(DB);

    seen.leaveTo(Set.of(WEB));

    assertThat(seen.now()).containsExactly(DB);
    assertThat(seen.add(WEB)).isTrue();
  }

  @Test
  void doesNotBelieveForAMinuteInWhatTheClusterHasCeasedToList() {
    seen.leaveTo(Set.of(WEB));
    seen.leaveTo(Set.of());

    assertThat(seen.add(WEB)).isFalse();
    assertThat(seen.now()).isEmpty();
    now = now.plus(Duration.ofSeconds(61));
    assertThat(seen.add(WEB)).isTrue();
    seen.leaveTo(Set.of(WEB));
    seen.leaveTo(Set.of());
    seen.leaveTo(Set.of(WEB));
    assertThat(seen.now()).isEmpty();
  }

  @Test
  void saysSinceWhenAnAddressIsKnown() {
    seen.add(WEB);
    now = now.plusSeconds(60);
    seen.add(WEB);

    assertThat(seen.learned())
        .extracting(l -> "%s %s %s".formatted(l.prefix(), l.source(), l.since()))
        .containsExactly("10.96.7.8/32 answered by the cluster's DNS 2026-01-01T08:00:00Z");
  }
}
