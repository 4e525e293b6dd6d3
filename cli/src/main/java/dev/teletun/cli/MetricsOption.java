package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server's counters can be fetched. */
final class MetricsOption {
  @Option(
      names = {"-metrics-port", "--metrics-port"},
      paramLabel = "PORT",
      description =
          "Serve counters as OpenMetrics at http://127.0.0.1:PORT/metrics. Default: nowhere.")
  @Nullable String metricsPort;

  /** Empty for nowhere, and if it is no port, which is then among the problems. */
  Optional<Integer> port(Checks checks) {
    return checks.optional("-metrics-port", metricsPort, Checks::port);
  }
}
