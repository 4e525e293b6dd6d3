package dev.teletun.cli.screen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static final String HOSTILE =
      "10.0.0.1\033]0;owned\007\nteletun: connected\r\u009b2J\u202etxt\u2028\t\ud800 \udb40\udc01";
  private static final String SHOWN =
      "10.0.0.1\\u001b]0;owned\\u0007\\u000ateletun: connected\\u000d\\u009b2J\\u202etxt\\u2028\\u0009\\ud800 \\udb40\\udc01";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Screen screen;

  @BeforeEach
  void open() {
    screen = new Screen(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), true);
  }

  @Test
  void letsNoPeerSteerTheTerminal() {
    screen.result(HOSTILE);
    screen.note(HOSTILE);

    assertThat(out.toString(UTF_8)).isEqualTo(SHOWN + "\n");
    assertThat(err.toString(UTF_8)).isEqualTo(SHOWN + "\n");
  }

  @Test
  void letsNoPeerSteerTheTerminalByAStepThatIsOverwritten() {
    ProgressLine progress = new ProgressLine(screen);
    progress.step("dialling \033[2J");
    progress.done("this host is to be \033[2J");

    assertThat(err.toString(UTF_8))
        .isEqualTo("\r\033[K… dialling \\u001b[2J\r\033[K✓ this host is to be \\u001b[2J\n");
  }

  @Test
  void leavesTextInAnyScriptAsItIs() {
    screen.note("größer: 日本 👍");

    assertThat(err.toString(UTF_8)).isEqualTo("größer: 日本 👍\n");
  }
}
