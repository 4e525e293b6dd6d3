package dev.teletun.lab.demo;

import dev.teletun.lab.sandbox.Tools;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Figures of this machine at this moment, for orientation. */
final class Measurements {
  private static final Pattern RECEIVED =
      Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");

  private Measurements() {}

  /** Speed of one TCP stream over two seconds; {@code more} for iperf3, -R for towards us. */
  static String speed(Host from, String to, String... more) throws IOException {
    if (!Tools.has("iperf3")) {
      return "not measured: needs iperf3";
    }
    List<String> command =
        new ArrayList<>(List.of("iperf3", "-J", "-4", "-t2", "--connect-timeout=2000", "-c", to));
    command.add("-p" + LabNet.IPERF_PORT);
    command.addAll(List.of(more));
    Run run = from.run(command.toArray(String[]::new));
    return speedOf(run.stdout()).orElseGet(() -> "not measured: " + errorOf(run));
  }

  static Optional<String> speedOf(String iperfJson) {
    Matcher received = RECEIVED.matcher(iperfJson);
    return received.find()
        ? Optional.of("%.2f Gb/s".formatted(Double.parseDouble(received.group(1)) / 1e9))
        : Optional.empty();
  }

  static String memory(RunningProgram program) throws IOException {
    return "%d MB".formatted(program.residentBytes() / 1_000_000);
  }

  private static String errorOf(Run run) {
    Matcher error = Pattern.compile("\"error\":\\s*\"([^\"]*)\"").matcher(run.stdout());
    return error.find() ? error.group(1) : run.stderr().strip();
  }
}
