package dev.teletun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SudoLineTest {

  @Test
  void canBePastedIntoAShell() {
    assertThat(SudoLine.of(List.of("client", "-route=10.0.0.0/8", "-client-privkey=my key's")))
        .isEqualTo("sudo teletun client -route=10.0.0.0/8 '-client-privkey=my key'\\''s'");
  }
}
