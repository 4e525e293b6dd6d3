package dev.teletun.protocol.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarTest {
  @ParameterizedTest
  @CsvSource({"port, port, 0", "prot, port, 1", "prt, port, 1", "part, port, 1", "'', ab, 2"})
  void countsMistakes(String a, String b, int mistakes) {
    assertThat(Similar.distance(a, b)).isEqualTo(mistakes);
    assertThat(Similar.distance(b, a)).isEqualTo(mistakes);
  }

  @Test
  void findsTheNearestAndNothingFar() {
    List<String> known = List.of("pod", "port", "client-pubkey", "client-privkey");

    assertThat(Similar.to("client-pubky", known)).contains("client-pubkey");
    assertThat(Similar.to("prot", known)).contains("port");
    assertThat(Similar.to("x", known)).isEmpty();
  }
}
