package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Figures;
import dev.teletun.lab.sandbox.InSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Arguments: lab or cluster, how many Services, how many pods, how many times, text or json, then
 * the command line that starts TeleTUN.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 5;

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments[0].equals("cluster")) { // where this runs, for what is reached from there
      try {
        System.exit(run(List.of(arguments)));
      } catch (IOException e) {
        System.err.println("bench: " + e.getMessage());
        System.exit(1);
      }
    }
    System.exit(InSandbox.run(Main.class, arguments, Main::run));
  }

  private static int run(List<String> arguments) throws IOException {
    int services = Integer.parseInt(arguments.get(1));
    int pods = Integer.parseInt(arguments.get(2));
    int times = Integer.parseInt(arguments.get(3));
    boolean json = arguments.get(4).equals("json");
    List<String> command = arguments.subList(BEFORE_COMMAND, arguments.size());
    String load = Files.readString(LOAD).strip();
    Figures figures = new Figures(System.err);
    if (arguments.getFirst().equals("cluster")) {
      new RealFollowing(services, pods, times, command, figures).measure();
    } else {
      new Following(services, pods, times, command, figures).measure();
    }
    System.out.print(
        json ? figures.json(load) : figures.text() + "load average before: " + load + "\n");
    return figures.areMet() ? 0 : 1;
  }
}
