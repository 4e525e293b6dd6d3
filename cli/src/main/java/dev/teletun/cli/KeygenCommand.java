package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.screen.Screen;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.protocol.settings.Problems;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun keygen}. */
@Command(
    name = "keygen",
    header = "Makes the two key pairs that client and server-external know each other by.",
    customSynopsis = "teletun keygen -directory=DIR [-force]",
    description = {
      "",
      "Writes server.key, server.pub, client.key and client.pub (PEM). There is no certificate"
          + " authority: each side trusts exactly the public key it is given.",
    },
    footer = {
      "",
      "Example:",
      "  teletun keygen -directory=keys",
      "",
      "Next: server.key, server.pub and client.pub go to server-external, for instance as a Secret:",
      "  kubectl create secret generic teletun-keys --from-file=keys/server.key \\",
      "       --from-file=keys/server.pub --from-file=keys/client.pub",
      "client.key, client.pub and server.pub stay here, for teletun client.",
    })
final class KeygenCommand implements Action {
  @Option(
      names = {"-directory", "--directory"},
      paramLabel = "DIR",
      description = "Where to write them; made if it is not there. Required.")
  @Nullable String directory;

  @Option(
      names = {"-force", "--force"},
      description = "Replace keys that are there. Whoever holds them is locked out.")
  boolean force;

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Optional<Path> into =
        new Checks(problems)
            .required("-directory", "DIR", "where to write the keys", directory, Checks::path);
    problems.throwIfAny();
    Path made = into.orElseThrow();
    KeySet.generate(made, force);
    screen.result("server-external needs %s/{server.key,server.pub,client.pub}".formatted(made));
    screen.result("client needs %s/{client.key,client.pub,server.pub}".formatted(made));
    return 0;
  }
}
