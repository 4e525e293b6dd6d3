package dev.teletun.e2e.cluster;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A namespace of the tests' own in the cluster of KUBECONFIG, with something to talk to. Deleted by
 * {@link #close}.
 */
final class RealCluster implements Closeable {
  /** For what takes a scheduler, a kubelet and a container runtime. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What pods of the tests run: python3, nc, sh. */
  static final String TEST_IMAGE =
      Optional.ofNullable(System.getenv("TELETUN_TEST_IMAGE")).orElse("lab/debian:12");

  /** The launcher. */
  static final Path TELETUN = Path.of("../teletun").toAbsolutePath().normalize();

  private static final Path SERVICES =
      Path.of("../lab/src/main/resources/dev/teletun/lab/topology/services.py")
          .toAbsolutePath()
          .normalize();

  private final String namespace;
  private final Host host;

  private RealCluster(String namespace, Host host) {
    this.namespace = namespace;
    this.host = host;
  }

  /** Makes the namespace and waits for its pods. Without KUBECONFIG the test is skipped, loudly. */
  static RealCluster inNamespace(String prefix) throws IOException {
    RealCluster cluster = empty(prefix);
    try {
      cluster.startWorkloads();
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The same with nothing in it. */
  static RealCluster empty(String prefix) throws IOException {
    if (System.getenv("KUBECONFIG") == null) {
      String why = "NOT SHOWN: KUBECONFIG names no cluster; see ./check cluster in docs/testing.md";
      System.err.println(why);
      abort(why);
    }
    Path logs = Files.createTempDirectory("teletun-cluster-");
    String namespace = "%s-%d".formatted(prefix, ProcessHandle.current().pid());
    RealCluster cluster = new RealCluster(namespace, Host.here(logs));
    cluster.host.run("kubectl", "create", "namespace", namespace).orThrow();
    try {
      cluster.allowEverything();
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void allowEverything() throws IOException {
    String label = "pod-security.kubernetes.io/enforce=privileged";
    host.run("kubectl", "label", "namespace", namespace, label).orThrow();
  }

  private void startWorkloads() throws IOException {
    kubectl("create", "configmap", "services", "--from-file=" + SERVICES);
    try (InputStream manifest = RealCluster.class.getResourceAsStream("workloads.yaml")) {
      if (manifest == null) {
        throw new IllegalStateException("workloads.yaml is missing from the class path");
      }
      String text = new String(manifest.readAllBytes(), StandardCharsets.UTF_8);
      apply(text.replace("IMAGE", TEST_IMAGE));
    }
    kubectl("wait", "--for=condition=Ready", "pod/web", "pod/echo", "--timeout=60s");
  }

  /** Name of the namespace. */
  String namespace() {
    return namespace;
  }

  /** Where the tests run. */
  Host host() {
    return host;
  }

  /** What kubectl prints about the namespace; fails if it does. */
  String kubectl(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("kubectl", "-n", namespace));
    line.addAll(List.of(words));
    return host.run(PATIENCE, line.toArray(String[]::new)).orThrow().strip();
  }

  /** Makes objects so. */
  void apply(String yaml) throws IOException {
    host.runWithInput(yaml, "kubectl", "-n", namespace, "apply", "-f", "-").orThrow();
  }

  /** A field of an object, by JSONPath. */
  String field(String object, String path) throws IOException {
    return kubectl("get", object, "-o", "jsonpath={%s}".formatted(path));
  }

  /** Runs teletun here, in this namespace of the cluster. */
  Run teletun(String... words) throws IOException {
    return host.run(PATIENCE, teletunLine(words));
  }

  /** Starts it. */
  RunningProgram startTeletun(String... words) throws IOException {
    return host.start(teletunLine(words));
  }

  /** What a client here says of itself, as JSON. */
  String status() throws IOException {
    return host.run(TELETUN.toString(), "status", "-output=json").orThrow();
  }

  /** Destinations of the routes that a client here has made. */
  List<String> routes() throws IOException {
    return host.shell("ip -4 route show proto 84; ip -6 route show proto 84")
        .orThrow()
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .toList();
  }

  private String[] teletunLine(String... words) {
    List<String> line = new ArrayList<>(List.of(TELETUN.toString()));
    line.addAll(List.of(words));
    line.add("-namespace=" + namespace);
    return line.toArray(String[]::new);
  }

  @Override
  public void close() throws IOException {
    host.run(PATIENCE, "kubectl", "delete", "namespace", namespace, "--wait=true").orThrow();
  }
}
