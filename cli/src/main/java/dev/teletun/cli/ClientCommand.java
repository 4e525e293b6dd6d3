package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.check.KeyFiles;
import dev.teletun.cli.screen.Screen;
import dev.teletun.client.cluster.reach.PodName;
import dev.teletun.client.connect.Client;
import dev.teletun.client.connect.ClientOptions;
import dev.teletun.client.connect.Permissions;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.settings.Problems;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun client}. */
@Command(
    name = "client",
    header = "Connects this machine: it becomes the pod that server-cluster runs in.",
    customSynopsis = {
      "teletun client [-kubeconfig=FILE] -pod=PODNAME -port=PORT -server-pubkey=FILE",
      "                      -client-pubkey=FILE -client-privkey=FILE [-route=PREFIX]... [OPTIONS]",
      "       teletun client -address=HOST -port=PORT ...",
    },
    description = {
      "",
      "Opens a device tel0 with the pod's address, routes the given prefixes into it and sends"
          + " questions for cluster names to the cluster's DNS. Nothing is changed before a packet"
          + " has made the round trip, and everything is undone at the end (Ctrl-C, SIGTERM).",
      "Needs root, or CAP_NET_ADMIN.",
    },
    footer = {
      "",
      "Example:",
      "  sudo teletun client -kubeconfig=$HOME/.kube/config -pod=teletun/teletun-external -port=7000 \\",
      "       -server-pubkey=server.pub -client-pubkey=client.pub -client-privkey=client.key \\",
      "       -route=10.96.0.0/16 -route=10.244.0.0/16",
      "",
      "It prints \"connected as ADDRESS\". Then, in another shell:",
      "  curl http://web.default.svc.cluster.local",
      "If a client was killed hard and something looks wrong: sudo teletun cleanup",
    })
final class ClientCommand implements Action {
  private static final String SERVER_KEY = "-server-pubkey";
  private static final String OWN_PUBLIC_KEY = "-client-pubkey";
  private static final String OWN_PRIVATE_KEY = "-client-privkey";

  @Option(
      names = {"-pod", "--pod"},
      paramLabel = "PODNAME",
      description =
          "The pod of server-external, in the namespace of the current context; NAMESPACE/NAME names"
              + " another.")
  @Nullable String pod;

  @Option(
      names = {"-address", "--address"},
      paramLabel = "HOST",
      description =
          "Dial this host instead of looking the pod up, for a NodePort or a load balancer.")
  @Nullable String address;

  @Option(
      names = {"-port", "--port"},
      paramLabel = "PORT",
      description = "The port server-external listens on, TCP and UDP. Required.")
  @Nullable String port;

  @Option(
      names = {SERVER_KEY, "-" + SERVER_KEY},
      paramLabel = "FILE",
      description =
          "The server's public key or certificate, PEM: nobody else is trusted. Required.")
  @Nullable String serverPublicKey;

  @Option(
      names = {OWN_PUBLIC_KEY, "-" + OWN_PUBLIC_KEY},
      paramLabel = "FILE",
      description = "Our public key or certificate, PEM; the server has the same file. Required.")
  @Nullable String clientPublicKey;

  @Option(
      names = {OWN_PRIVATE_KEY, "-" + OWN_PRIVATE_KEY},
      paramLabel = "FILE",
      description = "Our private key, PEM, mode 0600. Required.")
  @Nullable String clientPrivateKey;

  @Mixin final ConnectOptions connect = new ConnectOptions();

  @Mixin final ClusterOptions cluster = new ClusterOptions();

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    boolean json = connect.json(new Checks(problems));
    ClientOptions options = options(problems);
    return Connecting.untilEnded(
        screen,
        json,
        progress -> {
          Permissions.tell(options, progress);
          return Client.open(options, progress);
        });
  }

  /** Reads all options. What {@code orElse} stands for is never used: then there are problems. */
  ClientOptions options(Problems problems) throws InvalidSettingsException {
    Checks checks = new Checks(problems);
    if (pod == null && address == null) {
      problems.add("missing -pod=PODNAME or -address=HOST: one of them says whom to dial");
    }
    Optional<Path> serverKey =
        checks.required(
            SERVER_KEY, "FILE", "the server's public key", serverPublicKey, Checks::readableFile);
    Optional<Path> ownPublic =
        checks.required(
            OWN_PUBLIC_KEY, "FILE", "our public key", clientPublicKey, Checks::readableFile);
    Optional<Path> ownPrivate =
        checks.required(
            OWN_PRIVATE_KEY, "FILE", "our private key", clientPrivateKey, Checks::readableFile);
    KeyFiles.publicKey(checks, serverKey);
    KeyFiles.ownKey(checks, ownPrivate, ownPublic);
    Path none = Path.of("");
    ClientOptions options =
        new ClientOptions(
            cluster.choice(checks),
            checks.optional("-pod", pod, ClientCommand::podName),
            checks.optional("-address", address, Checks::host),
            checks.required("-port", "PORT", "the server's port", port, Checks::port).orElse(0),
            serverKey.orElse(none),
            ownPublic.orElse(none),
            ownPrivate.orElse(none),
            connect.host(checks),
            connect.check(checks),
            connect.takeover,
            connect.lifetime());
    problems.throwIfAny();
    return options;
  }

  private static String podName(String option, String value) {
    try {
      return PodName.parse(value).toString();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s=%s: %s".formatted(option, value, e.getMessage()), e);
    }
  }
}
