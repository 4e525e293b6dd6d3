package dev.teletun.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line that does the same as root, ready to be pasted into a shell. */
final class SudoLine {
  private SudoLine() {}

  /** For the arguments of this process. */
  static String of(List<String> arguments) {
    String launcher = System.getProperty("teletun.launcher", "teletun");
    return Stream.concat(Stream.of("sudo", launcher), arguments.stream())
        .map(SudoLine::quoted)
        .collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
