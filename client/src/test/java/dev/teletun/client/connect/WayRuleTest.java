package dev.teletun.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.client.connect.WayRule.Choice;
import dev.teletun.client.connect.WayRule.Tcp;
import dev.teletun.client.connect.WayRule.Udp;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WayRuleTest {
  private static final Udp ALIVE = udp(0, 10, 1);
  private static final Udp LOST = udp(600, 1_000, 1);

  private long now = 1_000_000_000_000L;
  private final WayRule rule = new WayRule(() -> now);

  @Test
  void udpThatAnswersIsUsed() {
    assertThat(rule.choose(ALIVE, Tcp.NONE)).isEqualTo(Choice.UDP);
    assertThat(rule.choose(ALIVE, Tcp.READY)).isEqualTo(Choice.UDP);
  }

  @Test
  void withoutTcpItIsUdpHoweverSilent() {
    assertThat(rule.choose(LOST, Tcp.NONE)).isEqualTo(Choice.UDP);
    assertThat(rule.choose(null, Tcp.NONE)).isEqualTo(Choice.UDP);
  }

  @Test
  void lostUdpGivesWayToTcp() {
    assertThat(rule.choose(LOST, Tcp.READY)).isEqualTo(Choice.TCP);
    assertThat(rule.choose(unusable(), Tcp.READY)).isEqualTo(Choice.TCP);
  }

  @Test
  void udpThatNeverCameGivesWayWhenItsGraceIsOver() {
    assertThat(rule.choose(null, Tcp.READY)).isEqualTo(Choice.UDP);

    rule.endGrace();

    assertThat(rule.choose(null, Tcp.READY)).isEqualTo(Choice.TCP);
    assertThat(rule.choose(ALIVE, Tcp.READY)).isEqualTo(Choice.UDP);
  }

  @Test
  void udpComesBackWhenItHasAnsweredForTwoSeconds() {
    assertThat(rule.choose(LOST, Tcp.IN_USE)).isEqualTo(Choice.STAY);
    pass(1_999);
    assertThat(rule.choose(ALIVE, Tcp.IN_USE)).isEqualTo(Choice.STAY);
    pass(1);
    assertThat(rule.choose(ALIVE, Tcp.IN_USE)).isEqualTo(Choice.BACK_TO_UDP);
  }

  @Test
  void eachSilenceBeginsTheTwoSecondsAnew() {
    pass(1_500);
    assertThat(rule.choose(LOST, Tcp.IN_USE)).isEqualTo(Choice.STAY);
    pass(1_500);
    assertThat(rule.choose(ALIVE, Tcp.IN_USE)).isEqualTo(Choice.STAY);
    pass(500);
    assertThat(rule.choose(ALIVE, Tcp.IN_USE)).isEqualTo(Choice.BACK_TO_UDP);
    assertThat(rule.choose(null, Tcp.IN_USE)).isEqualTo(Choice.STAY);
  }

  @Test
  void theTwoSecondsBeginWithTheRule() {
    pass(1_999);
    assertThat(rule.choose(ALIVE, Tcp.IN_USE)).isEqualTo(Choice.STAY);
  }

  @Test
  void udpIsLostWhenItIsSilentForASecondAndHasNotAnswered() {
    assertThat(udp(600, 1_000, 1).isLost()).isTrue();
    assertThat(udp(599, 1_000, 1).isLost()).isFalse();
    assertThat(udp(600, 999, 1).isLost()).isFalse();
    assertThat(udp(0, 60_000, 1).isLost()).isFalse();
    assertThat(unusable().isLost()).isTrue();
  }

  @Test
  void udpThatIsHeardIsLostWhenItHasNotAnsweredForASecondAndAHalf() {
    assertThat(udp(1_499, 10, 1).isLost()).isFalse();
    assertThat(udp(1_500, 10, 1).isLost()).isTrue();
    assertThat(udp(3_399, 10, 1_500).isLost()).isFalse();
    assertThat(udp(3_400, 10, 1_500).isLost()).isTrue();
  }

  @Test
  void anAnswerMayTakeTwoRoundTripsMoreThanTheSilenceBeforeTheQuestion() {
    assertThat(udp(2_399, 5_000, 1_000).isLost()).isFalse();
    assertThat(udp(2_400, 5_000, 1_000).isLost()).isTrue();
    assertThat(udp(599, 5_000, 100).isLost()).isFalse();
    assertThat(udp(600, 5_000, 100).isLost()).isTrue();
  }

  @Test
  void thereIsNoWayWithoutTcpIfUdpIsLost() {
    assertThat(WayRule.isAnyWay(ALIVE, Tcp.NONE)).isTrue();
    assertThat(WayRule.isAnyWay(unusable(), Tcp.NONE)).isFalse();
    assertThat(WayRule.isAnyWay(null, Tcp.NONE)).isFalse();
    assertThat(WayRule.isAnyWay(unusable(), Tcp.READY)).isTrue();
    assertThat(WayRule.isAnyWay(null, Tcp.IN_USE)).isTrue();
  }

  @Test
  void theOtherWayIsAskedNowAndThen() {
    assertThat(WayRule.isUdpToBeAsked(Duration.ofMillis(999))).isFalse();
    assertThat(WayRule.isUdpToBeAsked(Duration.ofSeconds(1))).isTrue();
    assertThat(WayRule.isTcpToBeAsked(Duration.ofMillis(14_999), Tcp.READY)).isFalse();
    assertThat(WayRule.isTcpToBeAsked(Duration.ofSeconds(15), Tcp.READY)).isTrue();
    assertThat(WayRule.isTcpToBeAsked(Duration.ofMillis(2_999), Tcp.IN_USE)).isFalse();
    assertThat(WayRule.isTcpToBeAsked(Duration.ofSeconds(3), Tcp.IN_USE)).isTrue();
    assertThat(WayRule.isTcpLost(Duration.ofMillis(3_999))).isFalse();
    assertThat(WayRule.isTcpLost(Duration.ofSeconds(4))).isTrue();
  }

  private void pass(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }

  private static Udp udp(long unanswered, long silence, long roundTrip) {
    return new Udp(
        true,
        Duration.ofMillis(unanswered),
        Duration.ofMillis(silence),
        Duration.ofMillis(roundTrip));
  }

  private static Udp unusable() {
    return new Udp(false, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }
}
