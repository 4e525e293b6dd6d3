package dev.teletun.bench.profile;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.teletun.bench.field.Command;
import dev.teletun.bench.field.Pause;
import dev.teletun.bench.tunnel.Meter;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.ProcessTree;
import dev.teletun.bench.tunnel.Transfer;
import dev.teletun.bench.tunnel.Tunnel;
import dev.teletun.lab.sandbox.InSandbox;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.RunningProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Samples all processors while a tunnel is full. Arguments: seconds, up or down, how many functions
 * to name, names of tunnels with commas, wireguard-go's program, then the command line that starts
 * TeleTUN.
 */
public final class Main {
  private static final int BEFORE_COMMAND = 5;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration AROUND = Duration.ofSeconds(2);
  private static final int PER_SECOND = 997;
  private static final int UNIT_BYTES = 1400;

  private final Duration length;
  private final String[] options;
  private final int top;
  private final String wireguard;
  private final List<String> teletun;
  private final PrintStream out = System.out;

  private Main(List<String> arguments) {
    length = Duration.ofSeconds(Long.parseLong(arguments.get(0)));
    options = arguments.get(1).equals("down") ? new String[] {"-R"} : new String[0];
    top = Integer.parseInt(arguments.get(2));
    wireguard = arguments.get(4);
    teletun = arguments.subList(BEFORE_COMMAND, arguments.size());
  }

  /** Samples in a sandbox. */
  public static void main(String[] arguments) {
    System.exit(
        InSandbox.run(
            Main.class,
            arguments,
            given -> {
              Main main = new Main(given);
              for (String name : given.get(3).split(",", -1)) {
                main.profile(name);
              }
              return 0;
            }));
  }

  private void profile(String name) throws IOException {
    Path directory = Files.createTempDirectory("teletun-profile");
    // server-external is nobody, and writes its map itself
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path samples = directory.resolve("samples");
    try (Lab lab = Lab.up("bf")) {
      Tunnel tunnel = Peers.bringUp(name, lab, teletun, wireguard);
      Transfer _ = new Meter(WARM_UP).transfer(tunnel, options);
      double gigabits = sample(tunnel, samples);
      Map<Long, CompiledMethods> compiled = compiled(tunnel, directory);
      Profile profile = new Profile(processes(tunnel));
      read(samples, new PerfScript(compiled), profile);
      double nanos = Runtime.getRuntime().availableProcessors() * UNIT_BYTES * Byte.SIZE / gigabits;
      out.printf("%n%s, %.2f Gb/s; ns for each %d bytes%n", name, gigabits, UNIT_BYTES);
      out.print(profile.text(nanos, top));
    } finally {
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  /** Gigabits a second of the transfer. */
  private double sample(Tunnel tunnel, Path to) throws IOException {
    Meter meter = new Meter(length.plus(AROUND).plus(AROUND));
    try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Transfer> transfer = beside.submit(() -> meter.transfer(tunnel, options));
      Pause.of(AROUND);
      Command.run(
          "perf",
          "record",
          "--quiet",
          "--event=cpu-clock",
          "--freq=" + PER_SECOND,
          "--all-cpus",
          "-g",
          "--output=" + to,
          "--",
          "sleep",
          "" + length.toSeconds());
      return transfer.get().gigabits();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(e.getMessage());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static Map<Long, String> processes(Tunnel tunnel) {
    Map<Long, String> names = new LinkedHashMap<>();
    for (Map.Entry<String, RunningProgram> program : tunnel.programs().entrySet()) {
      ProcessTree.of(program.getValue()).forEach(p -> names.put(p.pid(), program.getKey()));
    }
    return names;
  }

  private static Map<Long, CompiledMethods> compiled(Tunnel tunnel, Path directory)
      throws IOException {
    Map<Long, CompiledMethods> compiled = new HashMap<>();
    for (long process : processes(tunnel).keySet()) {
      Path program = Files.readSymbolicLink(Path.of("/proc/%d/exe".formatted(process)));
      if (program.endsWith("bin/java")) {
        // Both servers are process 15 or so of their pods, and share /tmp: the other would answer.
        Files.deleteIfExists(Path.of("/tmp/.java_pid" + inItsNamespace(process)));
        Path map = directory.resolve("map-" + process);
        Command.run(
            program.resolveSibling("jcmd").toString(), "" + process, "Compiler.perfmap", "" + map);
        compiled.put(process, new CompiledMethods(Files.readAllLines(map)));
      }
    }
    return compiled;
  }

  /** The number that a process has for itself (NSpid in proc_pid_status(5)). */
  private static String inItsNamespace(long process) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/%d/status".formatted(process)))) {
      String numbers = lines.filter(line -> line.startsWith("NSpid:")).findFirst().orElseThrow();
      return numbers.substring(numbers.lastIndexOf('\t') + 1);
    }
  }

  private static void read(Path samples, PerfScript script, Profile into) throws IOException {
    Process perf =
        new ProcessBuilder("perf", "script", "-F", "comm,pid,ip,sym,dso", "-i", "" + samples)
            .redirectError(Redirect.DISCARD)
            .start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(perf.getInputStream(), UTF_8))) {
      script.read(lines.lines(), into::add);
    }
  }
}
