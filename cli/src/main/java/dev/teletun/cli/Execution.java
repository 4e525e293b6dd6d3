package dev.teletun.cli;

import dev.teletun.cli.outcome.ExitCode;
import dev.teletun.cli.outcome.Failure;
import dev.teletun.cli.screen.Screen;
import dev.teletun.client.connect.MissingPrivilegeException;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.settings.Problems;
import dev.teletun.protocol.settings.Similar;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads a command line, runs the command it names, and says what became of it. One use. */
final class Execution {
  private final Screen screen;
  private List<String> words = List.of();

  Execution(Screen screen) {
    this.screen = screen;
  }

  /**
   * Runs the command.
   *
   * @return the exit code; everything has been said
   */
  int run(CommandLine line, String... args) {
    words = List.of(args);
    ParseResult parsed = line.parseArgs(args);
    ParseResult innermost = parsed;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    CommandLine command = innermost.commandSpec().commandLine();
    if (innermost.isUsageHelpRequested()) {
      command.usage(screen.out());
      return ExitCode.OK.number();
    }
    if (innermost.isVersionHelpRequested()) {
      command.printVersionHelp(screen.out());
      return ExitCode.OK.number();
    }
    if (verbose(parsed) || verbose(innermost)) {
      Logging.showAll();
    }
    return run(innermost, command);
  }

  private int run(ParseResult parsed, CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    Problems problems = new Problems();
    parsed.errors().forEach(e -> problems.add(explain(e, command.getCommandSpec())));
    Object action = command.getCommandSpec().userObject();
    try {
      if (action instanceof Action known) {
        return known.run(problems, screen);
      }
      if (parsed.errors().isEmpty()) {
        problems.add("missing command: write %s client, or one of the others".formatted(name));
      }
      problems.throwIfAny();
      throw new IllegalStateException("a command without action: " + name);
    } catch (Throwable t) { // an Error too: the process must end with a code and a line
      return explain(name, t);
    }
  }

  private int explain(String name, Throwable thrown) {
    Failure failure = Failure.of(thrown);
    String remedy =
        thrown instanceof MissingPrivilegeException ? ". Run: " + SudoLine.of(words) : "";
    failure.lines().forEach(line -> screen.note("%s: %s%s".formatted(name, line, remedy)));
    if (thrown instanceof InvalidSettingsException) {
      screen.note("See: %s --help".formatted(name));
    }
    if (Logging.showsAll()) {
      thrown.printStackTrace(screen.err());
    }
    return failure.code().number();
  }

  /** What picocli found, in our words where they are shorter. */
  private static String explain(Exception error, CommandSpec spec) {
    if (!(error instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(error.getMessage());
    }
    String what = "unknown: " + String.join(" ", unmatched.getUnmatched());
    return suggestion(unmatched.getUnmatched().getFirst(), spec)
        .map(meant -> "%s; did you mean %s?".formatted(what, meant))
        .orElse(what);
  }

  private static Optional<String> suggestion(String typed, CommandSpec spec) {
    if (!typed.startsWith("-")) {
      return Similar.to(typed, spec.subcommands().keySet());
    }
    String name = typed.replaceFirst("^--?", "").replaceFirst("=.*$", "");
    List<String> known = spec.options().stream().map(o -> o.longestName().substring(2)).toList();
    return Similar.to(name, known).map(meant -> "-" + meant);
  }

  private static boolean verbose(ParseResult parsed) {
    return parsed.commandSpec().options().stream()
        .anyMatch(o -> o.longestName().equals("--verbose") && Boolean.TRUE.equals(o.getValue()));
  }
}
