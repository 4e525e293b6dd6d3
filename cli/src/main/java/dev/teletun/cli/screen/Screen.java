package dev.teletun.cli.screen;

import java.io.PrintStream;

/**
 * The two streams of the process. Results go to stdout, everything about the way there to stderr.
 *
 * @param terminal true if a person watches stderr, so that a line may be overwritten
 */
public record Screen(PrintStream out, PrintStream err, boolean terminal) {

  /**
   * The streams of this process. Whether stderr is a terminal only the launcher can ask; without it
   * there are plain lines.
   */
  public static Screen ofProcess() {
    return new Screen(System.out, System.err, Boolean.getBoolean("teletun.terminal"));
  }

  /** A result: something another program may wait for, so it leaves at once. */
  public void result(String line) {
    out.println(line);
    out.flush();
  }

  /** Something worth knowing that is no result. */
  public void note(String line) {
    err.println(line);
    err.flush();
  }
}
