package dev.teletun.client.host.trace;

import dev.teletun.linux.process.FullRoot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A shell that waits for this process's end, and then runs {@code teletun cleanup}, unless it was
 * told that all is done. It is in a session of its own, so that what ends the client spares it.
 */
final class Guardian {
  private static final String DONE = "done";

  /** read fails at the end of the pipe, which the kernel closes for whoever dies. */
  private static final String SCRIPT =
      "trap '' INT TERM HUP QUIT PIPE; read -r note; [ \"$note\" = done ] || exec \"$@\" >&2";

  private final Process shell;

  private Guardian(Process shell) {
    this.shell = shell;
  }

  /** Starts it. */
  static Guardian start() throws IOException {
    List<String> line = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "teletun-guardian"));
    line.addAll(thisProgram());
    line.addAll(List.of("cleanup", "-keep-fence")); // a crash is what -fail-closed is for
    try {
      Process shell =
          new ProcessBuilder(FullRoot.running(line))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new Guardian(shell);
    } catch (IOException e) {
      throw new IOException(
          "the guardian, which would undo what a killed client leaves, does not start: %s. It needs setsid (apt install util-linux)"
              .formatted(e.getMessage()),
          e);
    }
  }

  /** How this process was started, without what its main class was told. */
  private static List<String> thisProgram() throws IOException {
    String main = System.getProperty("sun.java.command", "").replaceFirst(" .*", "");
    byte[] line = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    List<String> words = Arrays.asList(new String(line, StandardCharsets.UTF_8).split("\0", -1));
    int end = words.indexOf(main);
    if (main.isEmpty() || end < 0) {
      throw new IOException(
          "cannot find how teletun was started in /proc/self/cmdline, to start its cleanup");
    }
    List<String> program = new ArrayList<>(words.subList(0, end + 1));
    program.set(0, Path.of("/proc/self/exe").toRealPath().toString());
    return program;
  }

  /** Nothing is left to undo. */
  void dismiss() {
    try (OutputStream note = shell.getOutputStream()) {
      note.write((DONE + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) { // it was killed: nothing is left to undo either
      shell.destroyForcibly();
    }
  }
}
