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
    out.println(text);
    out.flush();
  }

  /** Says what begins, does it, and says how long it took. */
  <T> T step(String what, Step<T> step) throws IOException {
    out.printf("%s %s %s ", ascii ? "*" : "●", what, ascii ? "..." : "…");
    out.flush();
    long start = System.nanoTime();
    try {
      T result = step.run();
      out.println(seconds(Duration.ofNanos(System.nanoTime() - start)));
      return result;
    } catch (IOException e) {
      out.println(Outcome.FAILED.mark(ascii));
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
    out.printf(
        "  %s %-" + NAME_WIDTH + "s %s%n",
        finding.outcome().mark(ascii),
        name,
        oneLine(finding.detail()));
    out.flush();
  }

  /** Prints a measured value. */
  void measured(String name, String value) {
    out.printf("    %-" + NAME_WIDTH + "s %s%n", name, value);
    out.flush();
  }

  /** Prints how many checks went how, and returns the exit code that follows. */
  int conclude() {
    out.printf(
        "%n%s %d shown, %d failed, %d not shown%n",
        (failed == 0 ? Outcome.SHOWN : Outcome.FAILED).mark(ascii), shown, failed, notShown);
    out.flush();
    return failed == 0 ? 0 : 1;
  }

  static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }

  private static String oneLine(String detail) {
    String line = detail.strip().replaceAll("\\s*\\n\\s*", " / ");
    return line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "…";
  }
}
