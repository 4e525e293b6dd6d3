package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is measured against the cluster of KUBECONFIG, from the network namespace that this runs in:
 * its own API server, DNS and kube-proxy. A pod of the cluster asks for the same name at the same
 * time: what it waits for is the cluster's.
 */
final class RealFollowing {
  private static final double FOLLOWED_GOAL_MILLIS = 1_000;
  private static final double CONNECT_GOAL_MILLIS = 2_000;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration SETTLING = Duration.ofSeconds(3);
  private static final Pattern CONNECTED = Pattern.compile("^connected as ");
  private static final String IMAGE =
      Optional.ofNullable(System.getenv("TELETUN_TEST_IMAGE")).orElse("lab/debian:12");
  private static final List<String> MODES = List.of("auto", "hosts", "none");
  private static final int CHANGES = 5;

  private final int services;
  private final int pods;
  private final int times;
  private final List<String> command;
  private final Figures figures;
  private final Host host;
  private final String namespace = "scale-" + ProcessHandle.current().pid();

  RealFollowing(int services, int pods, int times, List<String> command, Figures figures)
      throws IOException {
    this.services = services;
    this.pods = pods;
    this.times = times;
    this.command = command;
    this.figures = figures;
    this.host = Host.here(Files.createTempDirectory("bench-cluster"));
  }

  void measure() throws IOException {
    try (CloseStack owned = new CloseStack()) {
      owned.own(
          () -> kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false"));
      kubectl("create", "namespace", namespace);
      kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=privileged");
      startPods();
      RealObjects objects = owned.own(RealObjects.in(host, namespace));
      owned.own(objects::clear);
      owned.own(() -> host.run(LIMIT, teletun("down")).orThrow());
      connect("empty cluster", "auto", objects); // brings the pair up
      List<Double> empty = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        empty.add(connect("empty cluster", "auto", objects));
        figures.add("connect, empty cluster", empty.getLast(), "ms", Double.NaN);
      }
      long begun = System.nanoTime();
      objects.fill(services, pods);
      figures.add("objects made", (System.nanoTime() - begun) / 1e9, "s", Double.NaN);
      for (int i = 0; i < times; i++) {
        for (String mode : MODES) {
          figures.add(
              mode + ": connect, more than empty",
              connect(mode, mode, objects) - empty.get(i),
              "ms",
              CONNECT_GOAL_MILLIS);
        }
      }
    }
  }

  private void startPods() throws IOException {
    String script = new String(Reach.script().readAllBytes(), StandardCharsets.UTF_8);
    host.runWithInput(
            script,
            "kubectl",
            "-n",
            namespace,
            "create",
            "configmap",
            "bench",
            "--from-file=reach.py=/dev/stdin")
        .orThrow();
    host.runWithInput(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
                - name: web
                  image: IMAGE
                  imagePullPolicy: IfNotPresent
                  command: [python3, -u, -m, http.server, "8080"]
                  readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
                  volumeMounts: [{name: bench, mountPath: /bench}]
              volumes: [{name: bench, configMap: {name: bench}}]
            """
                .replace("IMAGE", IMAGE),
            "kubectl",
            "-n",
            namespace,
            "create",
            "-f",
            "-")
        .orThrow();
    kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod/web", "--timeout=60s");
  }

  private double connect(String how, String mode, RealObjects objects) throws IOException {
    long begun = System.nanoTime();
    try (RunningProgram client = host.start(teletun("up", "-routes=" + mode))) {
      client.awaitLine(CONNECTED, LIMIT);
      double millis = (System.nanoTime() - begun) / 1e6;
      Pause.of(SETTLING); // the rest of the lists, and routes of them
      if (!how.startsWith("empty") && !mode.equals("none")) {
        changes(how, objects);
      }
      Resident.look(figures, how, client.pid());
      return millis;
    }
  }

  private void changes(String how, RealObjects objects) throws IOException {
    for (int i = 0; i < CHANGES; i++) {
      String service = "new-%d".formatted(System.nanoTime());
      String name = "%s.%s.svc.cluster.local".formatted(service, namespace);
      objects.service(service, Map.of("app", "web"));
      Instant created = Instant.now();
      // Who asks before the cluster's DNS knows is told "no such name", and to believe it a while.
      try (Reach here = Reach.begin(host, name, 80);
          Reach inside = Reach.begin(host, inPod(), name, 80)) {
        figures.add(
            how + ": created, answers by name", here.reached(created), "ms", FOLLOWED_GOAL_MILLIS);
        figures.add(how + ": created, answers a pod", inside.reached(created), "ms", Double.NaN);
        String ip =
            kubectl("-n", namespace, "get", "service", service, "-o=jsonpath={.spec.clusterIP}");
        objects.deleteService(service);
        Instant deleted = Instant.now();
        if (how.equals("hosts")) {
          Routed.await(host, ip, false);
          figures.add(
              how + ": deleted, routed no longer",
              Duration.between(deleted, Instant.now()).toNanos() / 1e6,
              "ms",
              FOLLOWED_GOAL_MILLIS);
        }
        figures.add(how + ": deleted, name gone", here.gone(deleted), "ms", Double.NaN);
        figures.add(how + ": deleted, name gone for a pod", inside.gone(deleted), "ms", Double.NaN);
      }
    }
  }

  private List<String> inPod() {
    return List.of(
        "kubectl", "-n", namespace, "exec", "web", "--", "python3", "-IS", "/bench/reach.py");
  }

  private String kubectl(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("kubectl"));
    line.addAll(List.of(words));
    return host.run(LIMIT, line.toArray(String[]::new)).orThrow().strip();
  }

  private String[] teletun(String... words) {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(words));
    line.add("-namespace=" + namespace);
    return line.toArray(String[]::new);
  }
}
