package dev.teletun.lab.topology;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A host seen with mounts of its own: what is mounted there over its files is seen there alone, and
 * goes when this is closed. Network and processes are the host's.
 */
public final class OwnMounts implements Closeable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Host host;
  private final RunningProgram holder;

  private OwnMounts(Host host, RunningProgram holder) {
    this.host = host;
    this.holder = holder;
  }

  /** Begins with the mounts that {@code host} has now. */
  public static OwnMounts of(Host host) throws IOException {
    RunningProgram holder =
        host.start(
            "unshare",
            "--mount",
            "--propagation=private",
            "sh",
            "-c",
            "echo ready; exec sleep infinity");
    try {
      holder.awaitLine(Pattern.compile("^ready"), LIMIT);
      var logs =
          Files.createDirectories(
              host.logs().resolve("mounts-%d".formatted(COUNT.incrementAndGet())));
      return new OwnMounts(new Host(host.name(), host.namespace(), holder.pid(), logs), holder);
    } catch (IOException e) {
      holder.close();
      throw e;
    }
  }

  /** The host, with these mounts. */
  public Host host() {
    return host;
  }

  /** What still runs there keeps them. */
  @Override
  public void close() throws IOException {
    holder.close();
  }
}
