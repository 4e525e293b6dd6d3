package dev.teletun.lab.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Console console = new Console(new PrintStream(bytes, true, UTF_8), false);

  @Test
  void endsWithSuccessWhenNothingFailed() {
    console.check("one", () -> Finding.shown("seen"));
    console.check("two", () -> Finding.notShown("needs dig"));

    assertThat(console.conclude()).isZero();
    assertThat(printed())
        .contains("✓ one", "seen", "– two", "needs dig", "1 shown, 0 failed, 1 not shown");
  }

  @Test
  void countsAnExceptionAsAFailureThatSaysWhy() {
    console.check(
        "one",
        () -> {
          throw new IOException("first line\nsecond line");
        });

    assertThat(console.conclude()).isEqualTo(1);
    assertThat(printed()).contains("✗ one", "first line / second line");
  }

  @Test
  void passesOnWhatAStepThrows() {
    assertThatIOException()
        .isThrownBy(() ->
            console.step(
                "making keys",
                () -> {
                  throw new IOException("no");
                }))
        .withMessage("no");
    assertThat(printed()).contains("making keys … ✗");
  }

  @Test
  void isSilentOnceTheLabEnds() {
    console.end();
    console.check("one", () -> Finding.failed("host is gone"));

    assertThat(printed()).isEmpty();
  }

  @Test
  void drawsWithAsciiAloneIfAsked() {
    Console plain = new Console(new PrintStream(bytes, true, UTF_8), true);
    plain.check("one", () -> Finding.shown("seen"));
    plain.conclude();

    assertThat(printed() + Picture.drawn(true)).matches("\\p{ASCII}*");
  }

  private String printed() {
    return bytes.toString(UTF_8);
  }
}
