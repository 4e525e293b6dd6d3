package dev.teletun.protocol.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  private final Problems problems = new Problems();

  @Test
  void tellsEveryProblemInTheOrderFound() {
    var key =
        problems.check(() -> {
          throw new NoSuchFileException("client.key");
        });
    var port =
        problems.check(() -> {
          throw new IllegalArgumentException("port 70000");
        });
    problems.add("no pod");

    assertThat(key).isEmpty();
    assertThat(port).isEmpty();
    assertThatExceptionOfType(InvalidSettingsException.class)
        .isThrownBy(problems::throwIfAny)
        .withMessage("client.key; port 70000; no pod")
        .satisfies(
            e -> assertThat(e.problems()).containsExactly("client.key", "port 70000", "no pod"));
  }

  @Test
  void returnsTheValueOfACheckThatPasses() {
    var port = problems.check(() -> 443);

    assertThat(port).contains(443);
    assertThatCode(problems::throwIfAny).doesNotThrowAnyException();
  }

  @Test
  void namesTheExceptionThatHasNoMessage() {
    problems.check(() -> {
      throw new IOException();
    });

    assertThatExceptionOfType(InvalidSettingsException.class)
        .isThrownBy(problems::throwIfAny)
        .withMessage("java.io.IOException");
  }

  @Test
  void letsABugPass() {
    assertThatIllegalStateException()
        .isThrownBy(() ->
            problems.check(() -> {
              throw new IllegalStateException("bug");
            }));
  }
}
