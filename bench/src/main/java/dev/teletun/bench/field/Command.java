package dev.teletun.bench.field;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;

/** A program that is run outside of the lab's hosts, where all their processes are seen. */
public final class Command {
  private Command() {}

  /**
   * Waits for its end.
   *
   * @throws IOException with what it said, if it ended with another code than 0
   */
  public static void run(String... words) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("%s failed: %s".formatted(String.join(" ", words), said.strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(e.getMessage());
    }
  }
}
