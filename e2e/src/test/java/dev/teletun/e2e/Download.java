package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A file that takes some seconds to fetch, and is looked at while it grows. */
public record Download(Host host, String base, RunningProgram curl, Path file, int bytes)
    implements Closeable {
  private static final int BYTES_PER_SECOND = 3_000_000;

  // A connection whose segments were lost waits twice as long each time (RFC 6298 §5.5).
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of about ten seconds. */
  static Download begin(Host host) throws IOException {
    return begin(host, 10);
  }

  /** Of about so many seconds. */
  static Download begin(Host host, int seconds) throws IOException {
    return begin(host, "http://" + LabNet.POD_WEB.v4(), seconds);
  }

  /** The same from another server that is like the lab's, at {@code base}. */
  public static Download begin(Host host, String base, int seconds) throws IOException {
    int bytes = seconds * BYTES_PER_SECOND;
    Path file = Files.createTempFile(host.logs(), "download", "");
    RunningProgram curl =
        host.start(
            "curl",
            "-sS",
            "--limit-rate",
            String.valueOf(BYTES_PER_SECOND),
            "-o",
            file.toString(),
            url(base, "bytes", bytes));
    return new Download(host, base, curl, file, bytes);
  }

  private static String url(String base, String what, int bytes) {
    return "%s/%s/%d".formatted(base, what, bytes);
  }

  /** What it should be. */
  public String expected() throws IOException {
    return host.run("curl", "-sS", url(base, "sha256", bytes)).orThrow().strip();
  }

  /** Waits until it has gone on for so long that the server is about to confirm the path's MTU. */
  public void awaitSteadiness() throws IOException {
    awaitMoreThan(2 * BYTES_PER_SECOND);
  }

  /** Waits until there is more of it than now, or all. */
  public void awaitProgress() throws IOException {
    awaitMoreThan(Math.min(Files.size(file), bytes - 1));
  }

  private void awaitMoreThan(long bytes) throws IOException {
    Until.holds(
        PATIENCE, () -> assertThat(Files.size(file)).as(curl.output()).isGreaterThan(bytes));
  }

  /** Waits until it has not grown for as long as its sender needs to have sent again. */
  void awaitStandstill() throws IOException {
    long[] last = {-1, System.nanoTime()};
    Until.holds(() -> {
      long size = Files.size(file);
      if (size != last[0]) {
        last[0] = size;
        last[1] = System.nanoTime();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - last[1]))
          .isGreaterThan(Duration.ofSeconds(1));
    });
  }

  /** Waits for its end. */
  public String sha256() throws IOException {
    assertThat(curl.awaitExit(PATIENCE)).as(curl.output()).isZero();
    return host.run("sha256sum", file.toString()).orThrow().split(" ", -1)[0];
  }

  @Override
  public void close() throws IOException {
    curl.close();
  }
}
