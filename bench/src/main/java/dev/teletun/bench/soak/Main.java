package dev.teletun.bench.soak;

import dev.teletun.bench.field.Field;
import dev.teletun.lab.sandbox.InSandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Arguments: minutes, Mbit/s or 0, percent of loss, text or json, then the command line that starts
 * TeleTUN.
 */
public final class Main {
  private static final int BEFORE_COMMAND = 4;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(InSandbox.run(Main.class, arguments, Main::run));
  }

  private static int run(List<String> arguments) throws IOException {
    Duration length = Duration.ofMinutes(Long.parseLong(arguments.get(0)));
    double megabits = Double.parseDouble(arguments.get(1));
    double loss = Double.parseDouble(arguments.get(2));
    boolean json = arguments.get(3).equals("json");
    List<String> command = arguments.subList(BEFORE_COMMAND, arguments.size());
    try (Field field = Field.up("soak", command)) {
      Result result = new Soak(field, length, System.err).run(megabits, loss);
      System.out.print(json ? result.json() : result.text());
      return result.failures().isEmpty() ? 0 : 1;
    }
  }
}
