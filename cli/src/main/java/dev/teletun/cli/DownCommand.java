package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.screen.ProgressLine;
import dev.teletun.cli.screen.Screen;
import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.InvokingUser;
import dev.teletun.client.cluster.pair.Holder;
import dev.teletun.client.cluster.pair.Layout;
import dev.teletun.client.cluster.pair.LeaseGate;
import dev.teletun.client.cluster.pair.PairDown;
import dev.teletun.client.cluster.pair.PairSpec;
import dev.teletun.client.connect.Identification;
import dev.teletun.protocol.settings.Problems;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun down}. */
@Command(
    name = "down",
    header = "Removes from the cluster what teletun up made there.",
    customSynopsis = "teletun down [-context=NAME] [-namespace=NAME] [-name=NAME] [-force]",
    description = {
      "",
      "Deletes the pods, Secret, Service, NetworkPolicy and Lease of your pair and waits until they"
          + " are gone; also after an up that failed half way. A client of yours that is connected"
          + " ends; somebody else's keeps the pair, unless you say -force. Your keys stay, for the"
          + " next up. Needs no root.",
    },
    footer = {"", "Example:", "  teletun down -context=staging -namespace=dev"})
final class DownCommand implements Action {
  @Option(
      names = {"-name", "--name"},
      paramLabel = "NAME",
      description = "The pair's name, if up was given one.")
  @Nullable String name;

  @Option(
      names = {"-force", "--force"},
      description = "Remove the pair also while somebody else's client is connected to it.")
  boolean force;

  @Mixin final ClusterOptions cluster = new ClusterOptions();

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Checks checks = new Checks(problems);
    ClusterChoice choice = cluster.choice(checks);
    PairOptions pair = new PairOptions();
    pair.name = name;
    String pairName = pair.name(checks, InvokingUser.ofProcess());
    problems.throwIfAny();
    ProgressLine progress = new ProgressLine(screen);
    try (ClusterApi api = ClusterApi.open(choice)) {
      PairSpec spec = new PairSpec(Layout.PAIR, pairName, api.namespace(), Optional.empty());
      Holder me = Holder.ofThisProcess(Identification.text());
      new LeaseGate(api, spec, me, progress).pass(force);
      List<String> removed = new PairDown(api, spec, progress).run();
      progress.clear();
      removed.forEach(object -> screen.result("removed " + object));
      if (removed.isEmpty()) {
        screen.result(
            "nothing to remove: no pair %s in namespace %s".formatted(pairName, api.namespace()));
      }
      return 0;
    } finally {
      progress.clear();
    }
  }
}
