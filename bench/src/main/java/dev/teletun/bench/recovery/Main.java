package dev.teletun.bench.recovery;

import dev.teletun.bench.field.Figures;
import dev.teletun.lab.sandbox.InSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Arguments: names of measurements with commas, how many times, full or short, text or json, then
 * the command line that starts TeleTUN.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 4;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(InSandbox.run(Main.class, arguments, Main::run));
  }

  private static int run(List<String> arguments) throws IOException {
    List<String> names = List.of(arguments.get(0).split(",", -1));
    boolean json = arguments.get(3).equals("json");
    String load = Files.readString(LOAD).strip();
    Figures figures = new Figures(System.err);
    Recovery recovery =
        new Recovery(
            Integer.parseInt(arguments.get(1)),
            arguments.get(2).equals("full"),
            arguments.subList(BEFORE_COMMAND, arguments.size()),
            figures);
    for (String name : names) {
      System.err.println("measuring " + name);
      recovery.measure(name);
    }
    System.out.print(
        json ? figures.json(load) : figures.text() + "load average before: " + load + "\n");
    return figures.areMet() ? 0 : 1;
  }
}
