package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;

/** Takes a pair down, whatever is there of it, and whichever layout and version it is. */
public final class PairDown {
  private final PairSpec spec;
  private final Steps steps;
  private final PairStore store;

  /** Nothing is asked yet. */
  public PairDown(ClusterApi api, PairSpec spec, Steps steps) {
    this.spec = spec;
    this.steps = steps;
    store = new PairStore(api, spec);
  }

  /**
   * Deletes everything, and returns once it is gone. Done twice it finds nothing. The Lease goes
   * last.
   *
   * @return what there was
   */
  public List<String> run() throws ClusterException, InterruptedException {
    steps.step("looking for pair %s in namespace %s".formatted(spec.name(), spec.namespace()));
    List<HasMetadata> there = new ArrayList<>();
    for (String kind : PairStore.KINDS_TO_REMOVE) {
      try {
        there.addAll(store.list(kind));
      } catch (ClusterException e) {
        if (!e.refused() || kind.equals("pods")) {
          throw e;
        }
        steps.warn("not looked for: " + e.getMessage());
      }
    }
    if (!there.isEmpty()) {
      steps.step("removing pair %s".formatted(spec.name()));
      store.delete(there);
    }
    return there.stream()
        .map(object -> object.getKind() + " " + object.getMetadata().getName())
        .toList();
  }
}
