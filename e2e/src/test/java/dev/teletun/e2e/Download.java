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

/** A file that takes about ten seconds to fetch, and is looked at while it grows. */
record Download(Host host, RunningProgram curl, Path file) implements Closeable {
  private static final int BYTES = 30_000_000;
  private static final int BYTES_PER_SECOND = 3_000_000;

  // A connection whose segments were lost waits twice as long each time (RFC 6298 §5.5).
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static Download begin(Host host) throws IOException {
    Path file = Files.createTempFile(host.logs(), "download", "");
    RunningProgram curl =
        host.start(
            "curl",
            "-sS",
            "--limit-rate",
            String.valueOf(BYTES_PER_SECOND),
            "-o",
            file.toString(),
            url("bytes"));
    return new Download(host, curl, file);
  }

  private static String url(String what) {
    return "http://%s/%s/%d".formatted(LabNet.POD_WEB.v4(), what, BYTES);
  }

  /** What it should be. */
  String expected() throws IOException {
    return host.run("curl", "-sS", url("sha256")).orThrow().strip();
  }

  /** Waits until it has gone on for so long that the server is about to confirm the path's MTU. */
  void awaitSteadiness() throws IOException {
    awaitMoreThan(2 * BYTES_PER_SECOND);
  }

  /** Waits until there is more of it than now, or all. */
  void awaitProgress() throws IOException {
    awaitMoreThan(Math.min(Files.size(file), BYTES - 1));
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
  String sha256() throws IOException {
    assertThat(curl.awaitExit(PATIENCE)).as(curl.output()).isZero();
    return host.run("sha256sum", file.toString()).orThrow().split(" ", -1)[0];
  }

  @Override
  public void close() throws IOException {
    curl.close();
  }
}
