package dev.teletun.lab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToolsTest {
  @Test
  void findsACommandAndMissesAnother() {
    assertThat(Tools.has("sh")).isTrue();
    assertThat(Tools.has("no-such-command")).isFalse();
  }
}
