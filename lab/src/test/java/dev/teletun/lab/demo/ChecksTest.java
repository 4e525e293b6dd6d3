package dev.teletun.lab.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksTest {
  private static final byte[] NODE = InetAddress.ofLiteral(LabNet.NODE.v4()).getAddress();
  private static final byte[] POD = InetAddress.ofLiteral(LabNet.POD_WEB.v4()).getAddress();

  @Test
  void findsTheMarkOfAPingInARecording() {
    assertThat(Checks.inClear(recording(NODE, "xxTeleTUN-in-clearTele")).outcome())
        .isEqualTo(Outcome.FAILED);
  }

  @Test
  void findsAnInnerAddressInARecording() {
    assertThat(Checks.inClear(recording(NODE, new String(POD, ISO_8859_1))).outcome())
        .isEqualTo(Outcome.FAILED);
  }

  @Test
  void doesNotTrustARecordingWithoutTheOuterAddress() {
    assertThat(Checks.inClear(recording(new byte[4], "")).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void isContentWithARecordingOfOuterPacketsAlone() {
    assertThat(Checks.inClear(recording(NODE, "sealed")).outcome()).isEqualTo(Outcome.SHOWN);
  }

  @Test
  void readsTheAverageOfPing() {
    String stdout = "64 bytes …\nrtt min/avg/max/mdev = 0.061/0.098/0.121/0.026 ms\n";

    assertThat(Checks.pingSummary(new Run(List.of("ping"), 0, stdout, ""))).isEqualTo("0.098 ms");
    assertThat(Checks.pingSummary(new Run(List.of("ping"), 2, "", "ping: unknown host\n")))
        .isEqualTo("ping: unknown host");
  }

  @Test
  void readsTheSpeedThatTheReceiverSaw() {
    String json =
        """
        {"end": {"sum_sent": {"bits_per_second": 9e9}, "sum_received":\t{
          "seconds": 2.0, "bits_per_second": 2.345e+09, "sender": true}}}
        """;

    assertThat(Measurements.speedOf(json)).contains("2.35 Gb/s");
    assertThat(Measurements.speedOf("{\"error\": \"no\"}")).isEmpty();
  }

  private static byte[] recording(byte[] address, String payload) {
    return ("pcap" + new String(address, ISO_8859_1) + payload).getBytes(ISO_8859_1);
  }
}
