package dev.teletun.bench.routes;

import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When the kernel of a host gained and lost routes to single addresses, as {@code ip monitor} says.
 */
final class RouteLog implements Closeable {
  private static final Pattern LINE =
      Pattern.compile("\\[(\\S+)\\] (Deleted )?(\\d+\\.\\d+\\.\\d+\\.\\d+) dev tel0 .*");
  private static final Duration STARTING = Duration.ofMillis(500);

  private final RunningProgram monitor;
  private final Map<String, Instant> added = new HashMap<>();
  private final Map<String, Instant> removed = new HashMap<>();

  private RouteLog(RunningProgram monitor) {
    this.monitor = monitor;
  }

  static RouteLog begin(Host host) throws IOException {
    RouteLog log = new RouteLog(host.start("ip", "-ts", "-4", "monitor", "route"));
    Pause.of(STARTING);
    return log;
  }

  /** Reads what was noted so far. */
  void read() throws IOException {
    for (String line : monitor.output().lines().toList()) {
      Matcher match = LINE.matcher(line.strip());
      if (match.matches()) {
        Instant at = LocalDateTime.parse(match.group(1)).atZone(ZoneId.systemDefault()).toInstant();
        (match.group(2) == null ? added : removed).put(match.group(3), at);
      }
    }
  }

  /** When which address was routed. */
  Map<String, Instant> added() {
    return added;
  }

  /** When which one was routed no longer. */
  Map<String, Instant> removed() {
    return removed;
  }

  @Override
  public void close() throws IOException {
    monitor.close();
  }
}
