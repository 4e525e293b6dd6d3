package dev.teletun.bench.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.teletun.bench.field.Footprint;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoakTest {
  @Test
  void fitsALineThroughTheMemory() {
    List<Footprint.Sample> samples =
        List.of(
            new Footprint.Sample(30, 150, 100, 9, 9),
            new Footprint.Sample(60, 150, 101, 9, 9),
            new Footprint.Sample(90, 150, 102, 9, 9));

    assertThat(Footprint.slope(samples)).isCloseTo(2, within(1e-9));
    assertThat(Footprint.slope(samples.subList(0, 1))).isZero();
  }

  @Test
  void findsThePayloadInACaptureAlsoAtItsEnd() {
    byte[] capture = "..CLEAR..CLCLEAR".getBytes(US_ASCII);

    assertThat(Wire.count(capture, "CLEAR".getBytes(US_ASCII))).isEqualTo(2);
  }
}
