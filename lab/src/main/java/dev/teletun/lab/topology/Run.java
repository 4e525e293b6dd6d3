package dev.teletun.lab.topology;

import java.io.IOException;
import java.util.List;

/** What a command that has ended left: its exit code and what it printed. */
public record Run(List<String> command, int exitCode, String stdout, String stderr) {

  /** Exit code of a command that was ended because it took too long, as of timeout(1). */
  public static final int TIMED_OUT = 124;

  /** True if the command exited with 0. */
  public boolean ok() {
    return exitCode == 0;
  }

  /**
   * What the command printed on stdout.
   *
   * @throws IOException if it did not exit with 0; the message holds command and stderr
   */
  public String orThrow() throws IOException {
    if (!ok()) {
      throw new IOException(
          "%s ended with %d: %s"
              .formatted(String.join(" ", command), exitCode, (stderr + stdout).strip()));
    }
    return stdout;
  }
}
