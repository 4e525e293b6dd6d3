package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.screen.Screen;
import dev.teletun.client.cluster.pair.Rbac;
import dev.teletun.protocol.settings.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun rbac}. */
@Command(
    name = "rbac",
    header = "Prints the rights that people need in a cluster, for its administrator to apply.",
    customSynopsis = "teletun rbac --print [-size=small|full] [-namespace=NAME] [-user=NAME]...",
    description = {
      "",
      "small: connect to a pair that somebody else has deployed (teletun client -pod=...). full:"
          + " besides, bring pairs up and down in that namespace, and learn the cluster's prefixes."
          + " With -address, -port and -route a client asks the API server nothing and needs none.",
      "What is missing costs something, but seldom everything: client and up say what.",
    },
    footer = {
      "",
      "Example:",
      "  teletun rbac --print -size=full -namespace=dev -user=alice@example.com | kubectl apply -f -",
    })
final class RbacCommand implements Action {
  @Mixin final PrintOptions printing = new PrintOptions();

  @Option(
      names = {"-size", "--size"},
      paramLabel = "small|full",
      description = "How much they are to do. Default: full.")
  @Nullable String size;

  @Option(
      names = {"-user", "--user"},
      paramLabel = "NAME",
      description =
          "Who, as kubectl auth whoami says it. May be repeated. Default: one called developer.")
  List<String> users = new ArrayList<>();

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Checks checks = new Checks(problems);
    printing.check(problems, "rbac --print");
    Optional<String> chosen = checks.optional("-size", size, RbacCommand::size);
    List<String> named = checks.each("-user", users, RbacCommand::user);
    problems.throwIfAny();
    screen.text(Rbac.print(chosen.orElse("full"), printing.namespace(), named).stripTrailing());
    return 0;
  }

  private static String size(String option, String value) {
    if (!List.of("small", "full").contains(value)) {
      throw new IllegalArgumentException(
          "%s=%s: neither small nor full; write %s=small".formatted(option, value, option));
    }
    return value;
  }

  private static String user(String option, String value) {
    try {
      return Rbac.checkUser(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s=%s: %s".formatted(option, value, e.getMessage()), e);
    }
  }
}
