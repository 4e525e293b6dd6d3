package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.check.KeyFiles;
import dev.teletun.cli.running.Running;
import dev.teletun.cli.running.Signals;
import dev.teletun.cli.running.Uncaught;
import dev.teletun.cli.screen.Screen;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.settings.Problems;
import dev.teletun.serverexternal.ServerExternal;
import dev.teletun.serverexternal.ServerExternalOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun server-external}. */
@Command(
    name = "server-external",
    header = "The server that clients dial. Runs in a pod of its own, without any privilege.",
    customSynopsis = {
      "teletun server-external -port=PORT -server-pubkey=FILE -server-privkey=FILE",
      "                               -client-pubkey=FILE -sockfile=FILE [-peer-uid=UID]",
      "                               [-metrics-port=PORT]",
    },
    description = {
      "",
      "Serves one client at a time and hands its packets to server-cluster over a socket file in a"
          + " directory that both pods share. Dials that socket until it is there, and again after"
          + " it was lost.",
    },
    footer = {
      "",
      "Example:",
      "  teletun server-external -port=7000 -server-pubkey=server.pub -server-privkey=server.key \\",
      "       -client-pubkey=client.pub -sockfile=/run/teletun/socket",
      "",
      "It prints \"ready\" when it listens. Next: start teletun server-cluster in the other pod, make",
      "the port reachable (NodePort, LoadBalancer or hostPort; TCP and UDP), then teletun client.",
    })
final class ServerExternalCommand implements Action {
  private static final String OWN_PUBLIC_KEY = "-server-pubkey";
  private static final String OWN_PRIVATE_KEY = "-server-privkey";
  private static final String CLIENT_KEY = "-client-pubkey";

  @Option(
      names = {"-port", "--port"},
      paramLabel = "PORT",
      description = "Listen on this port, TCP and UDP. Required.")
  @Nullable String port;

  @Option(
      names = {OWN_PUBLIC_KEY, "-" + OWN_PUBLIC_KEY},
      paramLabel = "FILE",
      description = "Our public key or certificate, PEM; the client has the same file. Required.")
  @Nullable String serverPublicKey;

  @Option(
      names = {OWN_PRIVATE_KEY, "-" + OWN_PRIVATE_KEY},
      paramLabel = "FILE",
      description = "Our private key, PEM, not readable by others. Required.")
  @Nullable String serverPrivateKey;

  @Option(
      names = {CLIENT_KEY, "-" + CLIENT_KEY},
      paramLabel = "FILE",
      description = "The client's public key or certificate, PEM: nobody else is served. Required.")
  @Nullable String clientPublicKey;

  @Option(
      names = {"-sockfile", "--sockfile"},
      paramLabel = "FILE",
      description = "The socket that server-cluster listens on. Required.")
  @Nullable String sockfile;

  @Option(
      names = {"-peer-uid", "--peer-uid"},
      paramLabel = "UID",
      description = "The user that server-cluster runs as. Default: root, or our own.")
  @Nullable String peerUid;

  @Mixin final MetricsOption metrics = new MetricsOption();

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Optional<Integer> metricsPort = metrics.port(new Checks(problems));
    ServerExternalOptions options = options(problems);
    return Running.untilEnded(
        Signals.install(),
        Uncaught.ignored(),
        () -> {
          ServerExternal server = ServerExternal.open(options, screen::note);
          screen.result(
              "ready: listening on port %d, TCP and UDP, for %s"
                  .formatted(options.port(), options.sockfile()));
          return Answering.opened(
              "server-external", server::report, server.ended(), server, screen, metricsPort);
        });
  }

  /** Reads all options. What {@code orElse} stands for is never used: then there are problems. */
  ServerExternalOptions options(Problems problems) throws InvalidSettingsException {
    Checks checks = new Checks(problems);
    Optional<Path> ownPublic =
        checks.required(
            OWN_PUBLIC_KEY, "FILE", "our public key", serverPublicKey, Checks::readableFile);
    Optional<Path> ownPrivate =
        checks.required(
            OWN_PRIVATE_KEY, "FILE", "our private key", serverPrivateKey, Checks::readableFile);
    Optional<Path> clientKey =
        checks.required(
            CLIENT_KEY, "FILE", "the client's public key", clientPublicKey, Checks::readableFile);
    KeyFiles.ownKey(checks, ownPrivate, ownPublic);
    KeyFiles.publicKey(checks, clientKey);
    Path none = Path.of("");
    ServerExternalOptions options =
        new ServerExternalOptions(
            checks.required("-port", "PORT", "where to listen", port, Checks::port).orElse(0),
            ownPublic.orElse(none),
            ownPrivate.orElse(none),
            clientKey.orElse(none),
            checks
                .required(
                    "-sockfile",
                    "FILE",
                    "the socket that server-cluster listens on",
                    sockfile,
                    Checks::socket)
                .orElse(none),
            checks.optional("-peer-uid", peerUid, Checks::uid).orElse(OptionalInt.empty()));
    problems.throwIfAny();
    return options;
  }
}
