package dev.teletun.dtls.tools;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One run of an installed program; its output goes to a file that can be read at any time. */
public final class Tool implements Closeable {
  private final Process process;
  private final Path output;

  private Tool(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts the program in the background; its standard input stays open. */
  public static Tool start(String... command) throws IOException {
    Path output = Files.createTempFile("tool", ".out");
    try {
      return new Tool(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start(),
          output);
    } catch (IOException e) {
      throw new IOException(
          "%s did not start. Install it: apt-get install %s"
              .formatted(command[0], packageOf(command[0])),
          e);
    }
  }

  /** Runs the program to its end and returns its output; it must succeed. */
  public static String run(String... command) throws IOException, InterruptedException {
    try (Tool tool = start(command)) {
      if (tool.exitCode() != 0) {
        throw new IOException(List.of(command) + " failed: " + tool.output());
      }
      return tool.output();
    }
  }

  private static String packageOf(String command) {
    return switch (command) {
      case "gnutls-cli", "gnutls-serv", "certtool" -> "gnutls-bin";
      default -> command;
    };
  }

  /** Writes to the program's standard input. */
  public void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    process.getOutputStream().flush();
  }

  /** Closes the program's standard input and waits for its end. */
  public int exitCode() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new IOException(process.info() + " does not end: " + output());
    }
    return process.exitValue();
  }

  /** What the program has printed so far. */
  public String output() {
    try {
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the program has printed {@code text}. */
  public void awaitOutput(String text) throws InterruptedException {
    await(() -> "output \"" + text + "\" in:\n" + output(), () -> output().contains(text));
  }

  /** Polls until {@code condition} holds, for 10 s at most. */
  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    await(() -> what, condition);
  }

  private static void await(Supplier<String> what, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited 10 s in vain for " + what.get());
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    Files.deleteIfExists(output);
  }
}
