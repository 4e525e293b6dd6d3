package dev.teletun.bench.cluster;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks for a name until it leads to somebody who answers, and then until it is gone. */
final class Reach implements Closeable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern ASKING = Pattern.compile("^asking");
  private static final String SCRIPT = "reach.py";

  private final RunningProgram program;

  private Reach(RunningProgram program) {
    this.program = program;
  }

  /** Begins to ask on a host; returns once it asks. */
  static Reach begin(Host host, String name, int port) throws IOException {
    Path script = host.logs().resolve(SCRIPT);
    try (InputStream text = script()) {
      Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
    }
    return begin(host, List.of("python3", "-IS", script.toString()), name, port);
  }

  /** The same by another command line that runs the script. */
  static Reach begin(Host host, List<String> command, String name, int port) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(name, "" + port));
    RunningProgram program = host.start(line.toArray(String[]::new));
    program.awaitLine(ASKING, LIMIT);
    return new Reach(program);
  }

  /** What asks, as text. */
  static InputStream script() {
    InputStream script = Reach.class.getResourceAsStream(SCRIPT);
    if (script == null) {
      throw new IllegalStateException(SCRIPT + " is missing from the class path");
    }
    return script;
  }

  /** Milliseconds from {@code since} until a byte came back. */
  double reached(Instant since) throws IOException {
    return await("reached", since);
  }

  /** Milliseconds from {@code since} until the name was gone. */
  double gone(Instant since) throws IOException {
    return await("gone", since);
  }

  private double await(String what, Instant since) throws IOException {
    Pattern line = Pattern.compile("^%s (\\d+)".formatted(what));
    Matcher said = line.matcher(program.awaitLine(line, LIMIT));
    if (!said.find()) {
      throw new IOException("no time: " + program.output());
    }
    Instant then = Instant.EPOCH.plusNanos(Long.parseLong(said.group(1)));
    return ChronoUnit.NANOS.between(since, then) / 1e6;
  }

  @Override
  public void close() throws IOException {
    program.close();
  }
}
