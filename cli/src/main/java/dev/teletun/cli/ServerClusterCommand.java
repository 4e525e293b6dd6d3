package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.cli.running.Running;
import dev.teletun.cli.running.Signals;
import dev.teletun.cli.running.Uncaught;
import dev.teletun.cli.screen.Screen;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.settings.Problems;
import dev.teletun.servercluster.ServerCluster;
import dev.teletun.servercluster.ServerClusterOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun server-cluster}. */
@Command(
    name = "server-cluster",
    header = "The server in the pod that the client becomes. Needs CAP_NET_ADMIN, nothing else.",
    customSynopsis = {
      "teletun server-cluster -sockfile=FILE [-peer-uid=UID] [-keep-port=PORT]...",
      "                              [-interface=NAME] [-frames] [-metrics-port=PORT]",
    },
    description = {
      "",
      "Forwards the pod's address to the client below the pod's own IP stack, which stays silent for"
          + " it meanwhile. When this process ends, however it ends, the pod is itself again.",
    },
    footer = {
      "",
      "Example:",
      "  teletun server-cluster -sockfile=/run/teletun/socket -peer-uid=65534",
      "",
      "It prints \"ready\" when it listens. Next: start teletun server-external in the other pod.",
    })
final class ServerClusterCommand implements Action {
  @Option(
      names = {"-sockfile", "--sockfile"},
      paramLabel = "FILE",
      description =
          "Listen on this socket, in a directory that only the two servers may enter. It is made if"
              + " it is missing. Required.")
  @Nullable String sockfile;

  @Option(
      names = {"-peer-uid", "--peer-uid"},
      paramLabel = "UID",
      description = "The user that server-external runs as. Default: our own.")
  @Nullable String peerUid;

  @Option(
      names = {"-keep-port", "--keep-port"},
      paramLabel = "PORT",
      description =
          "Leave this TCP and UDP port of the pod's address to the pod itself, with its fragments and"
              + " ICMP errors: for server-external in the same pod. May be repeated.")
  List<String> keepPorts = new ArrayList<>();

  @Option(
      names = {"-interface", "--interface"},
      paramLabel = "NAME",
      description = "The pod's network interface. Default: the one of the default route.")
  @Nullable String interfaceName;

  @Option(
      names = {"-frames", "--frames"},
      description =
          "Pass packets over the socket. Without it server-external gets the TUN device's descriptor and"
              + " reads and writes it itself, which is faster; nftables still lets nothing out of it but"
              + " packets from the pod's address to where a client may send.")
  boolean asFrames;

  @Mixin final MetricsOption metrics = new MetricsOption();

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    Optional<Integer> metricsPort = metrics.port(new Checks(problems));
    ServerClusterOptions options = options(problems);
    return Running.untilEnded(
        Signals.install(),
        Uncaught.ignored(),
        () -> {
          ServerCluster server = ServerCluster.open(options, screen::note);
          screen.result("ready: listening on %s".formatted(options.sockfile()));
          return Answering.opened(
              "server-cluster", server::report, server.ended(), server, screen, metricsPort);
        });
  }

  /** Reads all options. What {@code orElse} stands for is never used: then there are problems. */
  ServerClusterOptions options(Problems problems) throws InvalidSettingsException {
    Checks checks = new Checks(problems);
    ServerClusterOptions options =
        new ServerClusterOptions(
            checks
                .required(
                    "-sockfile",
                    "FILE",
                    "where server-external will find us",
                    sockfile,
                    Checks::socket)
                .orElse(Path.of("")),
            checks.optional("-peer-uid", peerUid, Checks::uid).orElse(OptionalInt.empty()),
            Set.copyOf(checks.each("-keep-port", keepPorts, Checks::port)),
            asFrames,
            checks.optional("-interface", interfaceName, Checks::interfaceName));
    problems.throwIfAny();
    return options;
  }
}
