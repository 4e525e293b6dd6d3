package dev.teletun.bench.memory;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.lab.sandbox.InSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Arguments: seconds at full rate, how many reconnections of each kind, text or json, then the
 * command line that starts TeleTUN.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 3;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(InSandbox.run(Main.class, arguments, Main::run));
  }

  private static int run(List<String> arguments) throws IOException {
    Duration full = Duration.ofSeconds(Long.parseLong(arguments.get(0)));
    int times = Integer.parseInt(arguments.get(1));
    boolean json = arguments.get(2).equals("json");
    String load = Files.readString(LOAD).strip();
    Figures figures = new Figures(System.err);
    List<String> command = arguments.subList(BEFORE_COMMAND, arguments.size());
    try (CollectorPauses pauses = CollectorPauses.open();
        Field field = Field.up("memo", pauses.noting(command))) {
      new Residence(field, pauses, full, times, figures).measure();
    }
    System.out.print(
        json ? figures.json(load) : figures.text() + "load average before: " + load + "\n");
    return figures.areMet() ? 0 : 1;
  }
}
