package dev.teletun.linux.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of this host that is run to its end with what root has: at most {@value #LIMIT_SECONDS}
 * s, after which it is killed with all that it started.
 */
public final class HostCommand {
  public static final int LIMIT_SECONDS = 10;
  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_SHOWN = 300;
  private static final String SYSTEM_PATHS = ":/usr/local/sbin:/usr/sbin:/sbin";

  private HostCommand() {}

  /**
   * What came of it.
   *
   * @param exit its exit status
   * @param output at most 64 KiB of what it wrote, errors among it
   */
  public record Ended(int exit, String output) {}

  /**
   * Runs it, and takes any exit but 0 as a failure.
   *
   * @param input what it reads
   * @return what it wrote
   * @throws IOException with its words, if it is not there, fails or takes too long
   */
  public static String run(String input, String... words) throws IOException {
    Ended ended = end(input, words);
    if (ended.exit() != 0) {
      throw new IOException(
          "%s failed with exit %d: %s"
              .formatted(String.join(" ", words), ended.exit(), shown(ended.output())));
    }
    return ended.output();
  }

  /** The same, with whatever exit. */
  public static Ended end(String input, String... words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(FullRoot.running(List.of(words))).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().merge("PATH", SYSTEM_PATHS, String::concat);
    Process process = builder.start();
    Drain drain = new Drain(process.getInputStream());
    Thread reader = Thread.ofPlatform().name("command-output").daemon().start(drain);
    try {
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException _) {
        // It ended without reading: its exit status says more.
      }
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        kill(process);
        throw new IOException(
            "%s did not end in %d s and was killed; it had said: %s"
                .formatted(String.join(" ", words), LIMIT_SECONDS, shown(drain.text())));
      }
      reader.join(TimeUnit.SECONDS.toMillis(1)); // what it started may keep its output open
      return new Ended(process.exitValue(), drain.text());
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw new IOException("%s interrupted".formatted(words[0]), e);
    }
  }

  private static void kill(Process process) {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  private static String shown(String output) {
    String line = output.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
    if (line.isEmpty()) {
      return "nothing";
    }
    return line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + " …" : line;
  }

  /** Reads all, and keeps the beginning. */
  private record Drain(InputStream from, ByteArrayOutputStream kept) implements Runnable {
    Drain(InputStream from) {
      this(from, new ByteArrayOutputStream());
    }

    @Override
    public void run() {
      byte[] bytes = new byte[4096];
      try {
        for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
          kept.write(bytes, 0, Math.min(n, MOST_BYTES - Math.min(MOST_BYTES, kept.size())));
        }
      } catch (IOException _) {
        // Its end was closed: that is all there is.
      }
    }

    String text() {
      return kept.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
