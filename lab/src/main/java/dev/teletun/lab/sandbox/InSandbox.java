package dev.teletun.lab.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class in a sandbox: the machine's own network and /run stay as they are. */
public final class InSandbox {
  private InSandbox() {}

  /** What a program does with its arguments; answers its exit code. */
  public interface Body {
    int run(List<String> arguments) throws IOException;
  }

  /**
   * Starts the program again in a sandbox, or runs {@code body} if this is one.
   *
   * @return the exit code, 1 where there can be no sandbox; why has been printed
   */
  public static int run(Class<?> main, String[] arguments, Body body) {
    try {
      if (Sandbox.isInside()) {
        Sandbox.prepare();
        return body.run(List.of(arguments));
      }
      return Sandbox.runInside(again(main, arguments));
    } catch (IOException e) {
      System.err.printf("%s: %s%n", main.getSimpleName(), e.getMessage());
      return 1;
    }
  }

  private static List<String> again(Class<?> main, String[] arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
