package dev.teletun.client.dns.way;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class QueryMarkTest {

  @Test
  void letsTheFirstClientsTableStandLastAndPassItsOwnQueriesAlone() {
    QueryMark first = QueryMark.of("tel0");

    assertThat(first.value()).isEqualTo(0x74656c);
    assertThat(first.passing()).isEqualTo("0x74656c");
    assertThat(first.priority()).isEqualTo(-100);
  }

  @Test
  void letsALaterClientsTableStandBeforeItAndPassTheQueriesOfBoth() {
    QueryMark third = QueryMark.of("tel2");

    assertThat(third.value()).isEqualTo(0x74656e);
    assertThat(third.passing()).isEqualTo("0x74656c-0x74656e");
    assertThat(third.priority()).isEqualTo(-102);
    assertThat(third.zone()).isEqualTo(QueryMark.of("tel0").zone() + 2).isBetween(1, 0xffff);
  }

  @Test
  void staysBehindConnectionTrackingWhateverTheDeviceIsCalled() {
    assertThat(QueryMark.of("tel99").priority()).isGreaterThan(-200);
    assertThat(QueryMark.of("tel100").number()).isZero();
    assertThat(QueryMark.of("vpn7").number()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> new QueryMark(100));
  }
}
