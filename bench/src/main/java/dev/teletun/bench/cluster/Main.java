package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.InSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Arguments: how many Services, how many pods, how many times, text or json, then the command line
 * that starts TeleTUN.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 4;

  private Main() {}

  public static void main(String[] arguments) {
    InSandbox.run(Main.class, arguments, Main::run);
  }

  private static int run(List<String> arguments) throws IOException {
    boolean json = arguments.get(3).equals("json");
    String load = Files.readString(LOAD).strip();
    Figures figures = new Figures(System.err);
    new Following(
            Integer.parseInt(arguments.get(0)),
            Integer.parseInt(arguments.get(1)),
            Integer.parseInt(arguments.get(2)),
            arguments.subList(BEFORE_COMMAND, arguments.size()),
            figures)
        .measure();
    System.out.print(
        json ? figures.json(load) : figures.text() + "load average before: " + load + "\n");
    return figures.areMet() ? 0 : 1;
  }
}
