package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.screen.Screen;
import dev.teletun.client.cluster.access.InvokingUser;
import dev.teletun.client.connect.PairClient;
import dev.teletun.client.connect.PairClientOptions;
import dev.teletun.protocol.settings.Problems;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code teletun up}. */
@Command(
    name = "up",
    header = "Deploys a pair of your own into a cluster and connects to it: all in one.",
    customSynopsis = {
      "teletun up [-context=NAME] [-namespace=NAME] [-image=NAME] [-layout=pair|one-pod]",
      "                  [-route=PREFIX]... [OPTIONS]",
    },
    description = {
      "",
      "Makes keys the first time (one set for each cluster, in ~/.local/state/teletun/keys), then the"
          + " pods, the Secret, the Service and the NetworkPolicy of your pair, waits until they are"
          + " ready, and connects as teletun client does. A pair that is there is used again; one of"
          + " another version, image or layout is replaced. It stays when the client ends.",
      "Needs root, or CAP_NET_ADMIN; under sudo kubeconfig, keys and credential plugins are yours.",
    },
    footer = {
      "",
      "Examples:",
      "  sudo teletun up -namespace=dev",
      "  sudo teletun up -context=staging -layout=one-pod",
      "",
      "It prints \"connected as ADDRESS\". Afterwards: teletun down",
      "Which rights it needs: teletun rbac --print",
    })
final class UpCommand implements Action {
  @Mixin final PairOptions pair = new PairOptions();

  @Mixin final ConnectOptions connect = new ConnectOptions();

  @Mixin final ClusterOptions cluster = new ClusterOptions();

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Checks checks = new Checks(problems);
    boolean json = connect.json(checks);
    InvokingUser user = InvokingUser.ofProcess();
    PairClientOptions options =
        new PairClientOptions(
            cluster.choice(checks),
            pair.layout(checks),
            pair.name(checks, user),
            pair.image(checks),
            connect.host(checks),
            connect.check(checks),
            connect.takeover,
            connect.lifetime());
    problems.throwIfAny();
    return Connecting.untilEnded(
        screen, json, progress -> PairClient.open(options, user, progress));
  }
}
