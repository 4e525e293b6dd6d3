package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.teletun.e2e.Until;
import dev.teletun.lab.topology.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kit for a one-node cluster beside the project, whose daemons may be killed and repaired. */
record Kit(Path command, Path directory, Host host) {
  private static final Path COMMAND = Path.of("../../shared/cluster/cluster");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Where KUBECONFIG is another cluster's, the test is skipped, loudly. */
  static Kit orSkip(Host host) {
    Path config = Path.of(Optional.ofNullable(System.getenv("KUBECONFIG")).orElse("none"));
    Path directory = config.toAbsolutePath().resolveSibling("");
    if (!Files.isExecutable(COMMAND) || !Files.exists(directory.resolve("run/containerd.pid"))) {
      String why =
          "NOT SHOWN: daemons are killed only where the cluster is the kit's: %s is none"
              .formatted(config);
      System.err.println(why);
      abort(why);
    }
    return new Kit(COMMAND.toAbsolutePath().normalize(), directory, host);
  }

  /** Kills a daemon of the kit, such as {@code containerd}; {@link #repair} starts it again. */
  void kill(String daemon) throws IOException {
    long pid = pid(daemon);
    host.run("kill", "-9", Long.toString(pid)).orThrow();
    Until.holds(() -> assertThat(Path.of("/proc/%d".formatted(pid))).doesNotExist());
  }

  private long pid(String daemon) throws IOException {
    String[] words =
        Files.readString(directory.resolve("run/%s.pid".formatted(daemon))).split(" ", -1);
    return Long.parseLong(words[0]);
  }

  /** Starts what is not running. */
  void repair() throws IOException {
    long proxy = pid("proxy");
    up();
    // It writes the configurations anew, and kube-proxy ends when its own has changed.
    if (pid("proxy") == proxy) {
      Until.holds(() -> assertThat(Path.of("/proc/%d".formatted(proxy))).doesNotExist());
      up();
    }
  }

  /** In the kubelet's mount namespace, as tests may run in another. */
  private void up() throws IOException {
    host.run(
            PATIENCE,
            "nsenter",
            "--mount=/proc/%d/ns/mnt".formatted(pid("kubelet")),
            "env",
            "CLUSTER_DIR=" + directory,
            command.toString(),
            "up")
        .orThrow();
  }

  /** What kubectl prints on the node, whatever keeps the laptop from the API server. */
  String kubectlOnNode(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/lab-node", "kubectl"));
    line.addAll(List.of(words));
    return host.run(PATIENCE, line.toArray(String[]::new)).orThrow().strip();
  }
}
