package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Waits until a pair's pods are ready, and says what it waits for. One use, one thread. */
final class Readiness {
  private static final Duration PATIENCE = Duration.ofMinutes(5); // a slow registry
  private static final Duration STUBBORN = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int ROUNDS_BETWEEN_EVENTS = 8;
  private static final int LAST_WORDS = 3; // lines of a log
  // That a probe fails at first is nothing to tell.
  private static final Set<String> TELLING =
      Set.of("FailedMount", "FailedCreatePodSandBox", "FailedAttachVolume", "NetworkNotReady");

  private final ClusterApi api;
  private final PairSpec spec;
  private final PairStore store;
  private final Steps steps;
  private final Set<String> told = new HashSet<>();
  // by pod: when it was first seen in a trouble that may pass
  private final Map<String, Long> since = new HashMap<>();
  private String shown = "";
  private boolean eventsTell = true;

  Readiness(ClusterApi api, PairSpec spec, PairStore store, Steps steps) {
    this.api = api;
    this.spec = spec;
    this.store = store;
    this.steps = steps;
  }

  /**
   * Returns the pod to dial once all are ready.
   *
   * @throws ClusterException as soon as it is clear that one will not be, with what to do
   */
  Pod await() throws ClusterException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int round = 1; ; round++) {
      List<Pod> pods = pods();
      if (pods.stream().allMatch(Readiness::isReady)) {
        return pods.getLast();
      }
      for (Pod pod : pods) {
        look(pod);
        if (eventsTell && round % ROUNDS_BETWEEN_EVENTS == 0 && !isReady(pod)) {
          warnings(pod);
        }
      }
      show(pods);
      if (System.nanoTime() > deadline) {
        Pod late = pods.stream().filter(p -> !isReady(p)).findFirst().orElseThrow();
        throw ClusterException.failed(
            "pod %s is not ready after %d s: %s. See: %s"
                .formatted(
                    late.getMetadata().getName(),
                    PATIENCE.toSeconds(),
                    PodTrouble.progress(late),
                    PodTrouble.describe(late)));
      }
      Thread.sleep(PAUSE);
    }
  }

  /** In the order of the layout. */
  private List<Pod> pods() throws ClusterException {
    List<Pod> there;
    try {
      there = store.pods();
    } catch (KubernetesClientException e) {
      throw api.explain(e, "list", "pods", spec.namespace());
    }
    for (String name : spec.pods()) {
      if (there.stream().noneMatch(p -> p.getMetadata().getName().equals(name))) {
        throw ClusterException.failed(
            "pod %s was deleted by somebody while it was waited for. Start it anew with: teletun up"
                .formatted(name));
      }
    }
    return spec.pods().stream()
        .map(name -> there.stream().filter(p -> p.getMetadata().getName().equals(name)).findFirst())
        .flatMap(Optional::stream)
        .toList();
  }

  private void look(Pod pod) throws ClusterException {
    Optional<PodTrouble> trouble = PodTrouble.of(pod);
    if (trouble.isEmpty()) {
      since.remove(pod.getMetadata().getName());
    }
    if (trouble.isPresent()) {
      switch (trouble.get().kind()) {
        case PATIENCE -> warn(trouble.get().what());
        case STUBBORN -> {
          long first = since.computeIfAbsent(pod.getMetadata().getName(), _ -> System.nanoTime());
          if (System.nanoTime() - first > STUBBORN.toNanos()) {
            throw ClusterException.failed(trouble.get().what());
          }
        }
        case FINAL -> throw ClusterException.failed(trouble.get().what());
        case CRASH ->
            throw ClusterException.failed(trouble.get().what() + lastWords(pod, trouble.get()));
      }
    }
  }

  private void show(List<Pod> pods) {
    String now =
        pods.stream()
            .filter(pod -> !isReady(pod))
            .map(PodTrouble::progress)
            .distinct()
            .collect(Collectors.joining(", ", "waiting for the pods: ", ""));
    if (!now.equals(shown)) {
      shown = now;
      steps.step(now);
    }
  }

  private String lastWords(Pod pod, PodTrouble trouble) {
    String container = trouble.container().orElseThrow();
    String flags =
        "%s -c %s -n %s --previous"
            .formatted(pod.getMetadata().getName(), container, spec.namespace());
    try {
      String log =
          api.client()
              .pods()
              .inNamespace(spec.namespace())
              .withName(pod.getMetadata().getName())
              .inContainer(container)
              .tailingLines(LAST_WORDS)
              .getLog();
      return ": %s. See: kubectl logs %s".formatted(log.strip(), flags);
    } catch (KubernetesClientException _) { // no right to read logs, or none kept
      return ". See why: kubectl logs " + flags;
    }
  }

  /** What only events say, such as a directory that cannot be mounted. */
  private void warnings(Pod pod) {
    try {
      for (Event event :
          api.client()
              .v1()
              .events()
              .inNamespace(spec.namespace())
              .withField("involvedObject.uid", pod.getMetadata().getUid())
              .list()
              .getItems()) {
        if (TELLING.contains(event.getReason())) {
          warn("pod %s: %s".formatted(pod.getMetadata().getName(), event.getMessage()));
        }
      }
    } catch (KubernetesClientException _) {
      eventsTell = false; // without the right to read them the pods' status must do
    }
  }

  private void warn(String what) {
    if (told.add(what)) {
      steps.warn(what);
    }
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }
}
