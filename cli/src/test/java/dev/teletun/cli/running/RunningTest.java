package dev.teletun.cli.running;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RunningTest {
  private final Signals signals = new Signals(_ -> {});
  private final Uncaught uncaught = Uncaught.ignored();
  private final AtomicBoolean closed = new AtomicBoolean();

  @Test
  void endsWithZeroWhenTheProgramEnds() throws Exception {
    int code =
        Running.untilEnded(
            signals, uncaught, () -> program(CompletableFuture.completedFuture(null)));

    assertThat(code).isZero();
    assertThat(closed).isTrue();
  }

  @Test
  void closesAndThrowsWhatEndedTheProgram() {
    IOException unplugged = new IOException("unplugged");

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() ->
            Running.untilEnded(
                signals, uncaught, () -> program(CompletableFuture.failedFuture(unplugged))))
        .withCause(unplugged);
    assertThat(closed).isTrue();
  }

  @Test
  void reportsAFailedCloseAfterASignal() {
    signals.arrived(2);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            Running.untilEnded(
                signals,
                uncaught,
                () ->
                    Program.of(
                        new CompletableFuture<>(),
                        () -> {
                          throw new IOException("route left");
                        })))
        .withMessage("route left");
  }

  @Test
  void interruptsTheOpeningOnASignal() throws Exception {
    CompletableFuture<Void> opening = new CompletableFuture<>();
    CompletableFuture<Void> _ = opening.thenRunAsync(() -> signals.arrived(15));

    int code =
        Running.untilEnded(
            signals,
            uncaught,
            () -> {
              opening.complete(null);
              new CompletableFuture<Void>().get(); // until interrupted
              throw new IOException("not interrupted");
            });

    assertThat(code).isEqualTo(143);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void closesAndThrowsWhatAThreadDidNotCatch() {
    uncaught.thrown(Thread.ofPlatform().name("dns").unstarted(() -> {}), new OutOfMemoryError("x"));

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(
            () -> Running.untilEnded(signals, uncaught, () -> program(new CompletableFuture<>())))
        .withMessageContaining("thread dns ended: java.lang.OutOfMemoryError: x");
    assertThat(closed).isTrue();
  }

  @Test
  void interruptsTheOpeningWhenAThreadDidNotCatchAnError() {
    CompletableFuture<Void> opening = new CompletableFuture<>();
    CompletableFuture<Void> _ =
        opening.thenRunAsync(() -> uncaught.thrown(Thread.currentThread(), new AssertionError()));

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() ->
            Running.untilEnded(
                signals,
                uncaught,
                () -> {
                  opening.complete(null);
                  new CompletableFuture<Void>().get(); // until interrupted
                  throw new IOException("not interrupted");
                }))
        .withMessageContaining("AssertionError");
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
  void closesARealProcessOnASignal(String signal, int code) throws Exception {
    Process process = start("obedient");
    try (BufferedReader output = process.inputReader(UTF_8)) {
      assertThat(output.readLine()).isEqualTo("ready");

      kill(signal, process);

      assertThat(output.readLine()).isEqualTo("closed");
      assertThat(process.waitFor()).isEqualTo(code);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void forcesARealProcessOnTheSecondSignal() throws Exception {
    Process process = start("stubborn");
    try (BufferedReader output = process.inputReader(UTF_8)) {
      assertThat(output.readLine()).isEqualTo("ready");
      kill("INT", process);
      assertThat(output.readLine()).isEqualTo("closing");

      kill("INT", process);

      assertThat(process.waitFor(Signals.PATIENCE.toSeconds() / 2, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
  }

  private Program program(CompletableFuture<Void> ended) {
    return Program.of(ended, () -> closed.set(true));
  }

  private static Process start(String behaviour) throws IOException {
    return new ProcessBuilder(
            // A build in the background of a shell, or under nohup, ignores signals; so would this.
            "env",
            "--default-signal",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ObedientMain.class.getName(),
            behaviour)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void kill(String signal, Process process) throws Exception {
    Process kill =
        new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
