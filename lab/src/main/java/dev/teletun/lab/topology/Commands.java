package dev.teletun.lab.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands of this machine, each for a bounded time and in an environment without proxies. */
final class Commands {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ADMINISTRATION = ":/usr/local/sbin:/usr/sbin:/sbin";

  private Commands() {}

  /** Runs {@code command} without input, for at most 30 s. */
  static Run run(List<String> command) throws IOException {
    return run(command, "", LIMIT, Leftovers.TEMPORARY);
  }

  /**
   * Runs {@code command} with {@code input}; after {@code limit} it and its children are killed.
   *
   * @param directory for what it prints: into files, because a pipe would also wait for whatever it
   *     leaves running
   */
  static Run run(List<String> command, String input, Duration limit, Path directory)
      throws IOException {
    Path stdout = Files.createTempFile(directory, "run", ".out");
    Path stderr = Files.createTempFile(directory, "run", ".err");
    try {
      ProcessBuilder builder = builder(command);
      builder.redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
      Process process = builder.start();
      feed(process, input);
      int exitCode = await(process, limit);
      return new Run(command, exitCode, Files.readString(stdout), Files.readString(stderr));
    } finally {
      Files.deleteIfExists(stdout);
      Files.deleteIfExists(stderr);
    }
  }

  /**
   * A builder with what programs need of our environment. Debian gives ordinary users a PATH
   * without sbin.
   */
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
    environment.put("LC_ALL", "C.UTF-8");
    environment.merge("PATH", "/usr/local/bin:/usr/bin:/bin", (ours, _) -> ours + ADMINISTRATION);
    return builder;
  }

  private static void feed(Process process, String input) {
    try (var stdin = process.outputWriter()) {
      stdin.write(input);
    } catch (IOException _) {
      // It ended without reading: its exit code and stderr say why.
    }
  }

  private static int await(Process process, Duration limit) throws IOException {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      return Run.TIMED_OUT;
    } catch (InterruptedException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + process.info().command(), e);
    }
  }
}
