package dev.teletun.bench.routes;

import dev.teletun.bench.field.Figures;
import dev.teletun.lab.sandbox.InSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Arguments: how many routes, how many times, how many changes a second, for how many seconds, text
 * or json, then the command line that starts TeleTUN.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 5;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(InSandbox.run(Main.class, arguments, Main::run));
  }

  private static int run(List<String> arguments) throws IOException {
    int routes = Integer.parseInt(arguments.get(0));
    int times = Integer.parseInt(arguments.get(1));
    int rate = Integer.parseInt(arguments.get(2));
    Duration length = Duration.ofSeconds(Integer.parseInt(arguments.get(3)));
    boolean json = arguments.get(4).equals("json");
    List<String> command = arguments.subList(BEFORE_COMMAND, arguments.size());
    String load = Files.readString(LOAD).strip();
    Figures figures = new Figures(System.err);
    if (times > 0) {
      new RouteApply(figures).measure(routes, times);
    }
    if (!length.isZero()) {
      new Churn(routes, rate, length, command, figures).measure();
    }
    System.out.print(
        json ? figures.json(load) : figures.text() + "load average before: " + load + "\n");
    return figures.areMet() ? 0 : 1;
  }
}
