package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.screen.Screen;
import dev.teletun.cli.status.ReportText;
import dev.teletun.cli.status.RunningProgram;
import dev.teletun.protocol.count.Report;
import dev.teletun.protocol.settings.Problems;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun status}. */
@Command(
    name = "status",
    header = "Says how a running client or server stands, and what it has counted.",
    customSynopsis = "teletun status [-output=json] [-pid=PID | -socket=NAME]",
    description = {
      "",
      "Asks the one program of ours that runs in this network namespace; with several, -pid says"
          + " which. Root and the user that the program runs as are answered.",
    },
    footer = {
      "",
      "Examples:",
      "  sudo teletun status",
      "  sudo teletun status -output=json | jq .roundTripMicros",
      "  kubectl exec -n teletun teletun-external -- teletun status",
    })
final class StatusCommand implements Action {
  @Option(
      names = {"-pid", "--pid"},
      paramLabel = "PID",
      description = "Ask the program with this process id.")
  @Nullable String pid;

  @Option(
      names = {"-socket", "--socket"},
      paramLabel = "NAME",
      description = "Ask at this socket, as the list of several programs names it.")
  @Nullable String socket;

  @Option(
      names = {"-output", "--output"},
      paramLabel = "text|json",
      description = "How to print it. Default: text.")
  @Nullable String output;

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Checks checks = new Checks(problems);
    boolean json = checks.optional("-output", output, Checks::json).orElse(false);
    Optional<Integer> wanted = checks.optional("-pid", pid, Checks::pid);
    Optional<RunningProgram> named = checks.optional("-socket", socket, StatusCommand::named);
    if (pid != null && socket != null) {
      problems.add("both -pid and -socket are given: one of them says whom to ask");
    }
    problems.throwIfAny();
    RunningProgram program = named.isPresent() ? named.get() : theOne(RunningProgram.all(), wanted);
    Report report = program.report();
    if (json) {
      screen.result(ReportText.json(report));
    } else {
      ReportText.lines(report).forEach(screen::result);
    }
    return 0;
  }

  static RunningProgram theOne(List<RunningProgram> all, Optional<Integer> pid) throws IOException {
    List<RunningProgram> fitting =
        all.stream().filter(p -> pid.isEmpty() || p.pid() == pid.get()).toList();
    if (fitting.isEmpty()) {
      throw new IOException(
          pid.isPresent()
              ? "no program of teletun has process id %d in this network namespace"
                  .formatted(pid.get())
              : "no program of teletun runs in this network namespace: start one, or look in the pod or namespace where it runs");
    }
    if (fitting.size() > 1) {
      throw new IOException(
          "several run here, name one by -pid or -socket: "
              + fitting.stream()
                  .map(p -> "%s -pid=%d -socket=@%s".formatted(p.program(), p.pid(), p.socket()))
                  .collect(Collectors.joining("; ")));
    }
    return fitting.getFirst();
  }

  private static RunningProgram named(String option, String value) {
    return RunningProgram.of(value)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s=%s: no name of a socket of ours; without the option, status finds them"
                    .formatted(option, value)));
  }
}
