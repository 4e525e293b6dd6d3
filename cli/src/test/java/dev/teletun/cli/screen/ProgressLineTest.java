package dev.teletun.cli.screen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @Test
  void overwritesOneLineOnATerminal() {
    ProgressLine progress = progress(true, UTF_8);

    progress.step("dialling");
    progress.done("connected to 10.0.0.1");

    assertThat(shown.toString(UTF_8))
        .isEqualTo("\r\033[K… dialling\r\033[K✓ connected to 10.0.0.1\n");
  }

  @Test
  void keepsTheCurrentStepBelowAWarning() {
    ProgressLine progress = progress(true, US_ASCII);

    progress.step("dialling");
    progress.warn("slow");
    progress.clear();

    assertThat(shown.toString(UTF_8))
        .isEqualTo("\r\033[K. dialling\r\033[Kwarning: slow\n\r\033[K. dialling\r\033[K");
  }

  @Test
  void cutsWhatWouldNotBeOverwrittenWhole() {
    progress(true, UTF_8).step("x".repeat(200));

    assertThat(shown.toString(UTF_8)).hasSize("\r\033[K".length() + 79);
  }

  @Test
  void printsPlainLinesElsewhere() {
    ProgressLine progress = progress(false, UTF_8);

    progress.step("dialling");
    progress.warn("slow");
    progress.done("connected");
    progress.clear();

    assertThat(shown.toString(UTF_8)).isEqualTo("dialling ...\nwarning: slow\n✓ connected\n");
  }

  private ProgressLine progress(boolean terminal, Charset charset) {
    PrintStream stream = new PrintStream(shown, true, charset);
    return new ProgressLine(new Screen(stream, stream, terminal));
  }
}
