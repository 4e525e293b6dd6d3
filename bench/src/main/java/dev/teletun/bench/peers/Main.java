package dev.teletun.bench.peers;

import dev.teletun.bench.tunnel.Figure;
import dev.teletun.bench.tunnel.Memory;
import dev.teletun.bench.tunnel.Meter;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Sample;
import dev.teletun.bench.tunnel.Tunnel;
import dev.teletun.lab.sandbox.InSandbox;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the tunnels in turns, round by round, after one round that does not count. Arguments:
 * rounds, seconds per transfer, names of tunnels with commas, files for JSON and for a chart's
 * columns, wireguard-go's program, then the command line that starts TeleTUN.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 7;

  private final int rounds;
  private final Meter meter;
  private final List<String> names;
  private final Path json;
  private final Path columns;
  private final String wireguard;
  private final String other;
  private final List<String> teletun;
  private final PrintStream out = System.out;

  private Main(List<String> arguments) {
    rounds = Integer.parseInt(arguments.get(0));
    meter = new Meter(Duration.ofSeconds(Long.parseLong(arguments.get(1))));
    names = List.of(arguments.get(2).split(",", -1));
    json = Path.of(arguments.get(3));
    columns = Path.of(arguments.get(4));
    wireguard = arguments.get(5);
    other = arguments.get(6);
    teletun = arguments.subList(BEFORE_COMMAND, arguments.size());
  }

  /** Measures in a sandbox. */
  public static void main(String[] arguments) {
    System.exit(
        InSandbox.run(
            Main.class,
            arguments,
            given -> {
              new Main(given).run();
              return 0;
            }));
  }

  private void run() throws IOException {
    Instant started = Instant.now();
    String load = Files.readString(LOAD).strip();
    try (CloseStack labs = new CloseStack()) {
      List<Tunnel> tunnels = new ArrayList<>();
      for (String name : names) {
        out.printf("bringing up %s%n", name);
        tunnels.add(up(name, labs));
      }
      Map<String, List<Sample>> samples = measure(tunnels);
      Report report = new Report(samples, memory(tunnels));
      out.printf(
          "%n%s%nmedian (least-greatest) of %d rounds in turns; load average %s before, %s after%n",
          report.text(), rounds, load, Files.readString(LOAD).strip());
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put("started", started.toString());
      facts.put("kernel", System.getProperty("os.version"));
      facts.put("processors", "" + Runtime.getRuntime().availableProcessors());
      facts.put("load average before", load);
      facts.put("load average after", Files.readString(LOAD).strip());
      Files.writeString(json, report.json(facts));
      Files.writeString(columns, report.columns());
      out.println("every sample: " + json);
    }
  }

  private Tunnel up(String name, CloseStack labs) throws IOException {
    Lab lab = labs.own(Lab.up("bp" + names.indexOf(name)));
    return name.equals(Peers.BEFORE)
        ? Peers.teletun(name, lab, before())
        : Peers.bringUp(name, lab, teletun, wireguard);
  }

  /** The same command line with the other checkout's argument file. */
  private List<String> before() {
    return teletun.stream()
        .map(word -> word.startsWith("@") ? "@" + other + "/cli/target/teletun.args" : word)
        .toList();
  }

  private Map<String, List<Sample>> measure(List<Tunnel> tunnels) throws IOException {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (Tunnel tunnel : tunnels) {
        Sample sample = measured(tunnel);
        out.printf(
            "%s: %s up %.2f, down %.2f Gb/s%n",
            round == 0 ? "warm-up" : "round " + round,
            tunnel.name(),
            sample.value(Figure.UP),
            sample.value(Figure.DOWN));
        if (round > 0) {
          samples.computeIfAbsent(tunnel.name(), _ -> new ArrayList<>()).add(sample);
        }
      }
    }
    return samples;
  }

  private Sample measured(Tunnel tunnel) throws IOException {
    try {
      return meter.measure(tunnel);
    } catch (IOException e) {
      StringBuilder said = new StringBuilder();
      for (Map.Entry<String, RunningProgram> each : tunnel.programs().entrySet()) {
        said.append("\n%s said:\n%s".formatted(each.getKey(), each.getValue().output()));
      }
      throw new IOException(
          "measuring %s failed: %s%s".formatted(tunnel.name(), e.getMessage(), said), e);
    }
  }

  private static Map<String, Map<String, Memory>> memory(List<Tunnel> tunnels) throws IOException {
    Map<String, Map<String, Memory>> memory = new LinkedHashMap<>();
    for (Tunnel tunnel : tunnels) {
      memory.put(tunnel.name(), Memory.ofEach(tunnel));
    }
    return memory;
  }
}
