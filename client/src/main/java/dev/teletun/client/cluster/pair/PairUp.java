package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a pair up: makes what is missing, replaces what is another version's or has other keys,
 * removes what the other layout left, waits until the pods are ready.
 */
public final class PairUp {
  private final ClusterApi api;
  private final PairSpec spec;
  private final Steps steps;
  private final PairStore store;

  /** Nothing is asked yet. */
  public PairUp(ClusterApi api, PairSpec spec, Steps steps) {
    this.api = api;
    this.spec = spec;
    this.steps = steps;
    store = new PairStore(api, spec);
  }

  /**
   * Does all of it. What it made before it failed stays, for a look and for {@link PairDown}.
   *
   * @param keys of the person whose pair it is
   */
  public Deployed run(PairKeys keys) throws ClusterException, InterruptedException {
    steps.step("looking for pair %s in namespace %s".formatted(spec.name(), spec.namespace()));
    List<HasMetadata> wanted = new PairObjects(spec).all(keys.content());
    Map<String, List<HasMetadata>> there = there();
    List<HasMetadata> stale = new ArrayList<>();
    List<HasMetadata> missing = new ArrayList<>(wanted);
    for (HasMetadata object : there.values().stream().flatMap(List::stream).toList()) {
      Optional<HasMetadata> same = wanted.stream().filter(w -> isSame(w, object)).findFirst();
      same.ifPresentOrElse(missing::remove, () -> stale.add(object));
    }
    List<HasMetadata> made = new ArrayList<>();
    try {
      replace(stale, missing, made);
      Pod dialled = new Readiness(api, spec, store, steps).await();
      steps.done("the pair is ready on node " + dialled.getSpec().getNodeName());
      return new Deployed(spec.namespace() + "/" + dialled.getMetadata().getName());
    } catch (ClusterException e) {
      tellWhatIsHalf(stale, made);
      throw e;
    }
  }

  private void replace(List<HasMetadata> stale, List<HasMetadata> missing, List<HasMetadata> made)
      throws ClusterException, InterruptedException {
    if (!stale.isEmpty()) {
      steps.step("replacing what is not as it should be: " + PairStore.names(stale));
      store.delete(stale);
    }
    create(missing, made);
    steps.done(
        made.isEmpty()
            ? "pair %s is there".formatted(spec.name())
            : "pair %s in namespace %s: made %s"
                .formatted(spec.name(), spec.namespace(), PairStore.names(made)));
  }

  private void tellWhatIsHalf(List<HasMetadata> stale, List<HasMetadata> made) {
    String down = "teletun down -namespace=%s -name=%s".formatted(spec.namespace(), spec.name());
    List<HasMetadata> lost =
        stale.stream().filter(s -> made.stream().noneMatch(m -> isNamesake(m, s))).toList();
    if (!lost.isEmpty()) {
      steps.warn(
          "what was removed to be made anew is not there: %s. Try again with: teletun up; or remove the rest with: %s"
              .formatted(PairStore.names(lost), down));
    }
    if (!made.isEmpty()) {
      steps.warn(
          "what was made until then stays: %s. Remove it with: %s"
              .formatted(PairStore.names(made), down));
    }
  }

  /** What may not be listed is taken for absent, but for pods and the Secret. */
  private Map<String, List<HasMetadata>> there() throws ClusterException {
    Map<String, List<HasMetadata>> there = new HashMap<>();
    for (String kind : PairStore.KINDS) {
      try {
        there.put(kind, List.copyOf(store.list(kind)));
      } catch (ClusterException e) {
        if (!e.refused() || isNeeded(kind)) {
          throw e;
        }
      }
    }
    return there;
  }

  /** Adds each to {@code made} as soon as it is there. */
  private void create(List<HasMetadata> objects, List<HasMetadata> made) throws ClusterException {
    for (HasMetadata object : objects) {
      String kind = PairStore.kind(object);
      steps.step("making %s %s".formatted(object.getKind(), object.getMetadata().getName()));
      try {
        made.add(store.create(object));
      } catch (ClusterException e) {
        if (!e.refused() || isNeeded(kind)) {
          throw e;
        }
        steps.warn("going on without %s: %s".formatted(kind, e.getMessage()));
      }
    }
  }

  private static boolean isNeeded(String kind) {
    return kind.equals("pods") || kind.equals("secrets");
  }

  private static boolean isSame(HasMetadata wanted, HasMetadata there) {
    return isNamesake(wanted, there)
        && there.getMetadata().getDeletionTimestamp() == null
        && PairObjects.content(wanted).equals(PairObjects.content(there))
        && !(there instanceof Pod pod && PodTrouble.isOver(pod));
  }

  private static boolean isNamesake(HasMetadata one, HasMetadata other) {
    return one.getKind().equals(other.getKind())
        && one.getMetadata().getName().equals(other.getMetadata().getName());
  }
}
