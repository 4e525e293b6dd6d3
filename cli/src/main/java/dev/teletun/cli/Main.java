package dev.teletun.cli;

import dev.teletun.cli.outcome.ExitCode;
import dev.teletun.cli.screen.Screen;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The entry of the program. */
public final class Main {
  private static final int HELP_COLUMNS = 100;

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    Logging.install();
    System.exit(run(Screen.ofProcess(), args));
  }

  /** Runs one command, and returns its exit code. */
  public static int run(Screen screen, String... args) {
    return new Execution(screen).run(commandLine(), args);
  }

  static CommandLine commandLine() {
    CommandLine line =
        new CommandLine(new TeletunCommand())
            .setPosixClusteredShortOptionsAllowed(false) // -pod is one option, not -p -o -d
            .setUsageHelpWidth(HELP_COLUMNS);
    teach(line);
    return line;
  }

  /** What is the same in each command's help. */
  private static void teach(CommandLine line) {
    line.getCommandSpec().parser().collectErrors(true);
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage.sortOptions(false);
    usage.optionListHeading("%nOptions:%n");
    usage.exitCodeListHeading("%nExit codes:%n");
    usage.exitCodeList(ExitCode.table());
    line.setColorScheme(Help.defaultColorScheme(Help.Ansi.AUTO));
    line.getSubcommands().values().forEach(Main::teach);
  }
}
