package dev.teletun.cli;

import dev.teletun.cli.screen.Screen;
import dev.teletun.lab.demo.Demo;
import dev.teletun.lab.demo.DemoOptions;
import dev.teletun.protocol.settings.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code teletun lab}. */
@Command(
    name = "lab",
    header = "Shows all of it on this machine alone: a laptop, a router, a node with pods.",
    customSynopsis = "teletun lab [shell]",
    description = {
      "",
      "Builds the network of namespaces, runs the three programs as separate processes, shows what"
          + " the laptop can do now, measures it and takes everything down. Touches nothing outside"
          + " its namespaces. Works as root and, where user namespaces are allowed, without.",
    },
    footer = {
      "",
      "Examples:",
      "  teletun lab          about a minute, exit code 1 if a check failed",
      "  teletun lab shell    leaves you in a shell on the laptop; exit takes everything down",
    })
final class LabCommand implements Action {
  @Parameters(
      arity = "0..1",
      paramLabel = "shell",
      description = "Stay in a shell on the laptop, connected.")
  @Nullable String mode;

  @Option(
      names = {"-ascii", "--ascii"},
      description = "Draw with plain characters.")
  boolean ascii;

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    if (mode != null && !mode.equals("shell")) {
      problems.add("lab %s: unknown; write lab, or lab shell".formatted(mode));
    }
    problems.throwIfAny();
    boolean plain = ascii || !screen.out().charset().name().startsWith("UTF");
    return Demo.run(new DemoOptions(programCommand(), mode != null, plain), screen.out());
  }

  /** The command line that started us, up to the main class: the programs run the same way. */
  private static List<String> programCommand() throws IOException {
    // ProcessHandle.info() cuts it at 4096 bytes, a class path may be longer
    List<String> all = List.of(Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1));
    return all.subList(0, all.indexOf(Main.class.getName()) + 1).stream()
        .filter(argument -> !argument.startsWith("-Dteletun.terminal")) // theirs is a file
        .toList();
  }
}
