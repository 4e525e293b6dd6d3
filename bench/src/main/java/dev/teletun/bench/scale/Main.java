package dev.teletun.bench.scale;

import dev.teletun.bench.tunnel.Meter;
import dev.teletun.lab.sandbox.InSandbox;
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
 * Measures the curves one after the other, on each the points and tunnels in turns, round by round,
 * after one round that does not count. Arguments: rounds, seconds per transfer, names of curves
 * with commas, files for JSON, columns and the commands that draw them, wireguard-go's program,
 * then the command line that starts TeleTUN.
 */
public final class Main {
  private static final int BEFORE_COMMAND = 7;

  private final int rounds;
  private final Meter meter;
  private final List<Curve> curves;
  private final Path json;
  private final Path columns;
  private final Path plot;
  private final String wireguard;
  private final List<String> teletun;
  private final PrintStream out = System.out;

  private Main(List<String> arguments) {
    rounds = Integer.parseInt(arguments.get(0));
    meter = new Meter(Duration.ofSeconds(Long.parseLong(arguments.get(1))));
    List<String> names = List.of(arguments.get(2).split(",", -1));
    curves = Curve.all().stream().filter(curve -> names.contains(curve.name())).toList();
    json = Path.of(arguments.get(3));
    columns = Path.of(arguments.get(4));
    plot = Path.of(arguments.get(5));
    wireguard = arguments.get(6);
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
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("started", Instant.now().toString());
    facts.put("kernel", System.getProperty("os.version"));
    facts.put("processors", "" + Runtime.getRuntime().availableProcessors());
    Report report = new Report(new ArrayList<>());
    for (Curve curve : curves) {
      report.lines().addAll(measure(curve));
      out.println(report.text(curve));
    }
    Files.writeString(json, report.json(facts));
    Files.writeString(columns, report.columns());
    Files.writeString(plot, report.plot(columns.toString()));
    out.println("every measurement: " + json);
  }

  private List<Line> measure(Curve curve) throws IOException {
    List<Line> lines = curve.tunnels().stream().map(name -> new Line(curve, name)).toList();
    try (Bed bed = new Bed(meter, teletun, wireguard)) {
      for (int round = 0; round <= rounds; round++) {
        out.printf(
            "%s, %s%n",
            curve.grows(), round == 0 ? "warm-up" : "round %d of %d".formatted(round, rounds));
        for (int point : curve.points()) {
          for (Line line : lines) {
            double value = curve.measurement().measure(bed, line.tunnel(), point);
            if (round > 0) {
              line.add(point, value);
            }
          }
        }
      }
    }
    return lines;
  }
}
