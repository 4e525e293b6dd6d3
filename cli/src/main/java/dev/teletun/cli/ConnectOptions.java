package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.tunnel.association.Lifetime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that connects: what goes through the tunnel, and how. */
final class ConnectOptions {
  @Option(
      names = {"-route", "--route"},
      paramLabel = "PREFIX",
      description =
          "Send this prefix through the tunnel, for instance that of the services. May be repeated.")
  List<String> routes = new ArrayList<>();

  @Option(
      names = {"-dns", "--dns"},
      paramLabel = "on|off",
      description = "off leaves DNS alone. Default: on.")
  @Nullable String dns;

  @Option(
      names = {"-check", "--check"},
      paramLabel = "on|off",
      description =
          "off does without the first round trip, for clusters that answer neither DNS nor ping."
              + " Default: on.")
  @Nullable String check;

  @Option(
      names = {"-takeover", "--takeover"},
      description = "End another client's session if it holds the pod.")
  boolean takeover;

  @Option(
      names = {"-rekey-records", "--rekey-records"},
      paramLabel = "COUNT",
      hidden = true,
      description = "For tests: take new keys after so many records instead of 2^28.")
  long rekeyRecords = Lifetime.STANDARD.records();

  @Option(
      names = {"-output", "--output"},
      paramLabel = "text|json",
      description = "How to print the line that says we are connected. Default: text.")
  @Nullable String output;

  boolean json(Checks checks) {
    return checks.optional("-output", output, Checks::json).orElse(false);
  }

  List<Prefix> routes(Checks checks) {
    return checks.each("-route", routes, Checks::prefix);
  }

  boolean dns(Checks checks) {
    return checks.optional("-dns", dns, Checks::onOff).orElse(true);
  }

  boolean check(Checks checks) {
    return checks.optional("-check", check, Checks::onOff).orElse(true);
  }

  Lifetime lifetime() {
    return new Lifetime(rekeyRecords, Lifetime.STANDARD.age());
  }
}
