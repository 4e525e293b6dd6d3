package dev.teletun.bench.start;

import dev.teletun.bench.field.Command;
import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.Part;
import dev.teletun.lab.sandbox.InSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures starts. Arguments: how often, text or json, the program that users start, then the
 * command line that starts TeleTUN in a lab.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 3;
  private static final Duration ROUND_TRIP = Duration.ofMillis(20);
  private static final double HELP_SECONDS = 0.25;
  private static final double CONNECT_SECONDS = 1.0;
  private static final double CONNECT_WITH_JVM_SECONDS = 1.5;

  private final int times;
  private final String program;
  private final List<String> command;
  private final Figures figures = new Figures(System.err);

  private Main(int times, String program, List<String> command) {
    this.times = times;
    this.program = program;
    this.command = command;
  }

  /** Measures in a sandbox. */
  public static void main(String[] arguments) {
    System.exit(InSandbox.run(Main.class, arguments, Main::run));
  }

  private static int run(List<String> arguments) throws IOException {
    boolean json = arguments.get(1).equals("json");
    String load = Files.readString(LOAD).strip();
    Main main =
        new Main(
            Integer.parseInt(arguments.get(0)),
            arguments.get(2),
            arguments.subList(BEFORE_COMMAND, arguments.size()));
    main.help();
    main.connect();
    System.out.print(
        json
            ? main.figures.json(load)
            : main.figures.text() + "load average before: " + load + "\n");
    return main.figures.areMet() ? 0 : 1;
  }

  private void help() throws IOException {
    for (int i = 0; i < times; i++) {
      figures.add("teletun --help", seconds(List.of(program, "--help")), "s", HELP_SECONDS);
    }
  }

  private void connect() throws IOException {
    List<String> version = new ArrayList<>(command);
    version.add("--version");
    try (Field field = Field.up("start", command)) {
      field.lab().delay(ROUND_TRIP);
      field.start(Part.SERVER_CLUSTER);
      field.start(Part.SERVER_EXTERNAL);
      for (int i = 0; i < times; i++) {
        double jvm = seconds(version);
        double connected = field.secondsUntilConnected();
        figures.add("a JVM's start: --version", jvm, "s", Double.NaN);
        figures.add(
            "the client's start until connected, at 20 ms",
            connected,
            "s",
            CONNECT_WITH_JVM_SECONDS);
        figures.add("the same without a JVM's start", connected - jvm, "s", CONNECT_SECONDS);
      }
      field.disconnect();
    }
  }

  /** How long a command takes from its start to its end. */
  private static double seconds(List<String> whole) throws IOException {
    long begun = System.nanoTime();
    Command.run(whole.toArray(String[]::new));
    return (System.nanoTime() - begun) / 1e9;
  }
}
