package dev.teletun.bench.memory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How long the collectors of JVMs stop all threads, by their own logs, until closed. */
final class CollectorPauses implements Closeable {
  private static final Pattern PAUSE = Pattern.compile(" Pause .* ([0-9.]+)ms$");

  private final Path logs;
  private final Map<Path, List<Double>> before = new HashMap<>();

  private CollectorPauses(Path logs) {
    this.logs = logs;
  }

  /** Of JVMs that are started as {@link #noting} says. */
  static CollectorPauses open() throws IOException {
    Path logs = Files.createTempDirectory("teletun-pauses");
    // server-external is nobody
    Files.setPosixFilePermissions(logs, PosixFilePermissions.fromString("rwxrwxrwx"));
    return new CollectorPauses(logs);
  }

  /** The same command of a JVM, with a log in here; two servers may be process 1 of their host. */
  List<String> noting(List<String> java) {
    List<String> noting = new ArrayList<>(java);
    noting.add(1, "-Xlog:gc:file=%s/%%hn-%%p:uptime".formatted(logs));
    return noting;
  }

  /** From now on they count. */
  void begin() throws IOException {
    before.clear();
    before.putAll(all());
  }

  /** The longest since then in milliseconds, 0 if there was none. */
  double longest() throws IOException {
    double longest = 0;
    for (Map.Entry<Path, List<Double>> log : all().entrySet()) {
      List<Double> old = before.getOrDefault(log.getKey(), List.of());
      for (double millis : log.getValue().subList(old.size(), log.getValue().size())) {
        longest = Math.max(longest, millis);
      }
    }
    return longest;
  }

  private Map<Path, List<Double>> all() throws IOException {
    Map<Path, List<Double>> all = new HashMap<>();
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        all.put(file, millis(Files.readAllLines(file)));
      }
    }
    return all;
  }

  /** Of each pause that these lines tell of. */
  static List<Double> millis(List<String> lines) {
    return lines.stream()
        .map(PAUSE::matcher)
        .filter(Matcher::find)
        .map(pause -> Double.valueOf(pause.group(1)))
        .toList();
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(logs);
  }
}
