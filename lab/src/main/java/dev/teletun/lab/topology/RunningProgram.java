package dev.teletun.lab.topology;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A program that runs in a host until it ends or is ended; what it prints goes to a file.
 *
 * <p>The process we start is nsenter(1), which must fork to enter a PID namespace: {@link #pid} is
 * its child, the program.
 */
public final class RunningProgram implements Closeable {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final long POLL_MILLIS = 5;

  private final List<String> command;
  private final Process entering;
  private final ProcessHandle program;
  private final Path output;

  private RunningProgram(
      List<String> command, Process entering, ProcessHandle program, Path output) {
    this.command = command;
    this.entering = entering;
    this.program = program;
    this.output = output;
  }

  static RunningProgram start(ProcessBuilder builder, List<String> command, Path output)
      throws IOException {
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process entering = builder.start();
    entering.getOutputStream().close();
    return new RunningProgram(command, entering, childOf(entering), output);
  }

  /** Its process id, as this JVM sees it. */
  public long pid() {
    return program.pid();
  }

  /** All it printed so far; bytes that are no UTF-8, or not yet, as U+FFFD. */
  public String output() throws IOException {
    return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
  }

  /** True until it has ended. */
  public boolean isAlive() {
    return entering.isAlive();
  }

  /**
   * Waits for a line in which {@code pattern} is found, and returns it.
   *
   * @throws IOException if the program ends before, or the time is over; with all it printed
   */
  public String awaitLine(Pattern pattern, Duration limit) throws IOException {
    Predicate<String> wanted = pattern.asPredicate();
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean last = !isAlive() || System.nanoTime() - deadline > 0;
      for (String line : output().lines().toList()) {
        if (wanted.test(line)) {
          return line;
        }
      }
      if (last) {
        String state = isAlive() ? "runs" : "ended with " + entering.exitValue();
        throw new IOException(
            "no line with \"%s\" from %s, which %s and printed: %s"
                .formatted(pattern, String.join(" ", command), state, output()));
      }
      pause();
    }
  }

  /**
   * Waits for its end and returns its exit code, 128 + n for one killed by signal n.
   *
   * @throws IOException if the time is over
   */
  public int awaitExit(Duration limit) throws IOException {
    try {
      return entering
          .onExit()
          .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
          .handle((ended, failure) -> {
            if (failure instanceof TimeoutException) {
              throw new IllegalStateException(
                  "%s runs longer than %s".formatted(String.join(" ", command), limit));
            }
            return ended.exitValue();
          })
          .join();
    } catch (java.util.concurrent.CompletionException e) {
      throw new IOException(e.getCause());
    }
  }

  /** Kills it as kill -9 does, and waits until it is gone. */
  public void kill() throws IOException {
    program.destroyForcibly();
    awaitExit(GRACE);
  }

  /** Sends it a signal by name, such as {@code TERM} or {@code INT}. */
  public void signal(String name) throws IOException {
    Commands.run(List.of("kill", "-" + name, Long.toString(pid()))).orThrow();
    if (name.equals("CONT")) { // nsenter stops with the program it waits for
      Commands.run(List.of("kill", "-CONT", Long.toString(entering.pid())));
    }
  }

  /** Resident memory in bytes, 0 if it has ended. */
  public long residentBytes() throws IOException {
    try {
      return ProcessStatus.of(pid()).residentBytes();
    } catch (NoSuchFileException _) {
      return 0;
    }
  }

  /** Asks it to end with SIGTERM, kills it after 5 s. Twice is once. */
  @Override
  public void close() throws IOException {
    if (!isAlive()) {
      return;
    }
    program.destroy();
    try {
      awaitExit(GRACE);
    } catch (IOException _) {
      kill();
    }
  }

  /** The child of nsenter, once it is the program and no longer a copy of nsenter. */
  private static ProcessHandle childOf(Process entering) throws IOException {
    while (entering.isAlive()) {
      var child = entering.children().findFirst();
      if (child.isPresent() && !executable(child.get()).equals(executable(entering.toHandle()))) {
        return child.get();
      }
      pause();
    }
    return entering.toHandle(); // ended already; its output says why
  }

  /** The file it runs, its process id where that cannot be read. */
  private static String executable(ProcessHandle process) {
    return process.info().command().orElseGet(() -> Long.toString(process.pid()));
  }

  static void pause() throws IOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a program", e);
    }
  }
}
