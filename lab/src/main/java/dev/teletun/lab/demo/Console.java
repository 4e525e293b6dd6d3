package dev.teletun.lab.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;

/** Says each step as it happens, and counts what failed. One thread uses it. */
final class Console {
  private static final int NAME_WIDTH = 46;
  private static final int LONGEST_DETAIL = 400;

  private final PrintStream out;
  private final boolean ascii;
  private int shown;
  private int failed;
  private int notShown;
  private volatile boolean ending;

  Console(PrintStream out, boolean ascii) {
    this.out = out;
    this.ascii = ascii;
  }

  /** Something that takes a while. */
  interface Step<T> {
    T run() throws IOException;
  }

  /** Something to find out. */
  interface Check {
    Finding run() throws IOException;
  }

  /** Prints {@code text} as it is. */
  void print(String text) {
    say(text + "\n");
  }

  /** Says no more: what happens from now on is the end of the lab. Any thread may call it. */
  void end() {
    ending = true;
  }

  /** Says what begins, does it, and says how long it took. */
  <T> T step(String what, Step<T> step) throws IOException {
    say("%s %s %s ".formatted(ascii ? "*" : "●", what, ascii ? "..." : "…"));
    long start = System.nanoTime();
    try {
      T result = step.run();
      say(seconds(Duration.ofNanos(System.nanoTime() - start)) + "\n");
      return result;
    } catch (IOException e) {
      say(Outcome.FAILED.mark(ascii) + "\n");
      throw e;
    }
  }

  /** Does a check, prints its line and counts it. An exception is a failure, and says why. */
  void check(String name, Check check) {
    Finding finding;
    try {
      finding = check.run();
    } catch (IOException e) {
      finding = Finding.failed(String.valueOf(e.getMessage()));
    }
    switch (finding.outcome()) {
      case SHOWN -> shown++;
      case FAILED -> failed++;
      case NOT_SHOWN -> notShown++;
    }
    say(
        "  %s %s %s\n"
            .formatted(finding.outcome().mark(ascii), padded(name), oneLine(finding.detail())));
  }

  /** Prints a measured value. */
  void measured(String name, String value) {
    say("    %s %s\n".formatted(padded(name), oneLine(value)));
  }

  /** Prints how many checks went how, and returns the exit code that follows. */
  int conclude() {
    Outcome all = failed == 0 ? Outcome.SHOWN : Outcome.FAILED;
    say(
        "\n%s %d shown, %d failed, %d not shown\n"
            .formatted(all.mark(ascii), shown, failed, notShown));
    return failed == 0 ? 0 : 1;
  }

  private void say(String text) {
    if (!ending) {
      out.print(text);
      out.flush();
    }
  }

  private static String padded(String name) {
    return name + " ".repeat(Math.max(0, NAME_WIDTH - name.length()));
  }

  static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }

  private static String oneLine(String detail) {
    String line = detail.strip().replaceAll("\\s*\\n\\s*", " / ");
    return line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "…";
  }
}
