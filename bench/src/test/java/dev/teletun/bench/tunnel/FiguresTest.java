package dev.teletun.bench.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void takesWhatTheReceiverCounted() throws IOException {
    String json =
        """
        {"end": {
          "sum_sent": {"start": 0, "bytes": 9000, "bits_per_second": 7.5e9, "sender": true},
          "sum_received": {"start": 0, "end": 1.2, "bytes": 8000, "bits_per_second": 6.25e9}}}
        """;

    Transfer transfer = Transfer.parse(json);

    assertThat(transfer).isEqualTo(new Transfer(8000, 6.25e9));
  }

  @Test
  void saysWhyIperfMeasuredNothing() {
    assertThatThrownBy(() -> Transfer.parse("{\"error\": \"unable to connect\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unable to connect");
  }

  @Test
  void readsEachRoundTripInMicroseconds() {
    String fping =
        """
        10.0.0.1 : [0], 64 bytes, 0.250 ms (0.250 avg, 0% loss)
        10.0.0.1 : [1], timed out (0.250 avg, 50% loss)
        10.0.0.1 : [2], 64 bytes, 12.0 ms (6.12 avg, 33% loss)
        """;

    assertThat(Meter.roundTrips(fping)).containsExactly(250, 12_000);
  }

  @Test
  void countsPacketsThatWereLostOrNeverSent() throws IOException {
    String json =
        """
        {"end": {"sum": {"start": 0, "bytes": 64000, "jitter_ms": 0.1, "lost_packets": 10,
          "packets": 1000, "lost_percent": 1}}}
        """;

    assertThat(Meter.lost(json, 1000)).isEqualTo(0.01);
    assertThat(Meter.lost(json, 2000)).isEqualTo(0.5);
  }

  @Test
  void findsTheHighestRateWithoutLoss() throws IOException {
    double found = PacketRate.search(10_000, perSecond -> perSecond > 123_456 ? 0.01 : 0);

    assertThat(found).isBetween(123_456 / 1.06, 123_456.0);
  }

  @Test
  void takesASecondTryBeforeARateCountsAsTooHigh() throws IOException {
    AtomicInteger trials = new AtomicInteger();

    double found =
        PacketRate.search(
            10_000,
            perSecond -> perSecond > 50_000 || trials.incrementAndGet() % 2 == 1 ? 0.01 : 0);

    assertThat(found).isBetween(50_000 / 1.06, 50_000.0);
  }

  @Test
  void findsNoRateWhereAllIsLost() throws IOException {
    assertThat(PacketRate.search(10_000, _ -> 1)).isZero();
  }

  @Test
  void addsUserAndSystemTimeOfAProcessWhateverItsName() {
    String stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 7 7 20 0 9 0 1 1 1";

    assertThat(CpuTime.parse(stat)).isEqualTo(2.0);
  }

  @Test
  void takesQuantilesByNearestRank() {
    double[] values = {4, 1, 3, 2};

    assertThat(Spread.quantile(values, 0)).isEqualTo(1);
    assertThat(Spread.quantile(values, 0.5)).isEqualTo(2);
    assertThat(Spread.quantile(values, 0.99)).isEqualTo(4);
    assertThat(Spread.quantile(new double[0], 0.5)).isNaN();
  }
}
