package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.screen.Screen;
import dev.teletun.client.cluster.access.InvokingUser;
import dev.teletun.client.cluster.pair.PairObjects;
import dev.teletun.client.cluster.pair.PairSpec;
import dev.teletun.protocol.settings.Problems;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code teletun deploy}. */
@Command(
    name = "deploy",
    header = "Prints what teletun up would make in the cluster, for those who apply it themselves.",
    customSynopsis =
        "teletun deploy --print [-namespace=NAME] [-layout=pair|one-pod] [-image=NAME] [-name=NAME]",
    description = {
      "",
      "YAML without the Secret, whose keys are to be nobody's output; a comment says how to make it."
          + " Asks no API server.",
    },
    footer = {
      "",
      "Example:",
      "  teletun deploy --print -namespace=dev -layout=one-pod | kubectl apply -f -",
    })
final class DeployCommand implements Action {
  @Mixin final PrintOptions printing = new PrintOptions();

  @Mixin final PairOptions pair = new PairOptions();

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Checks checks = new Checks(problems);
    printing.check(problems, "deploy --print, or teletun up to deploy and connect");
    PairSpec spec =
        new PairSpec(
            pair.layout(checks),
            pair.name(checks, InvokingUser.ofProcess()),
            printing.namespace(),
            pair.image(checks));
    problems.throwIfAny();
    screen.text(
        """
        # Keys first: teletun keygen -directory=keys
        #   kubectl -n %s create secret generic %s --from-file=keys/server.key --from-file=keys/server.pub --from-file=keys/client.pub
        %s\
        """
            .formatted(
                spec.namespace(), spec.secret(), new PairObjects(spec).yaml().stripTrailing()));
    return 0;
  }
}
