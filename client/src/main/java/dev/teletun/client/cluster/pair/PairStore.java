package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects of one pair that are in the cluster. */
final class PairStore {
  /** The kinds of which a pair may have some, as RBAC names them; the first ones must be there. */
  static final List<String> KINDS = List.of("pods", "secrets", "services", "networkpolicies");

  /** What is removed with them, as well: who holds the pair. */
  static final List<String> KINDS_TO_REMOVE =
      Stream.concat(KINDS.stream(), Stream.of(PairLease.RESOURCE)).toList();

  private static final Duration GOING = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final KubernetesClient client;
  private final PairSpec spec;
  private final Refusal refusal;
  private final PairLease lease;

  PairStore(ClusterApi api, PairSpec spec) {
    client = api.client();
    this.spec = spec;
    refusal = new Refusal(api, spec);
    lease = new PairLease(api, spec.namespace(), spec.name());
  }

  /** Without a pair, or in a namespace that there is not, the list is empty. */
  List<? extends HasMetadata> list(String kind) throws ClusterException {
    try {
      return switch (kind) {
        case "pods" -> pods();
        case "secrets" ->
            client
                .secrets()
                .inNamespace(spec.namespace())
                .withLabels(PairLabels.of(spec.name()))
                .list()
                .getItems();
        case "services" ->
            client
                .services()
                .inNamespace(spec.namespace())
                .withLabels(PairLabels.of(spec.name()))
                .list()
                .getItems();
        case "networkpolicies" ->
            client
                .network()
                .v1()
                .networkPolicies()
                .inNamespace(spec.namespace())
                .withLabels(PairLabels.of(spec.name()))
                .list()
                .getItems();
        case PairLease.RESOURCE -> lease.read().stream().toList();
        default -> throw new IllegalArgumentException(kind);
      };
    } catch (KubernetesClientException e) {
      throw refusal.explain(e, "list", kind);
    }
  }

  List<Pod> pods() {
    return client
        .pods()
        .inNamespace(spec.namespace())
        .withLabels(PairLabels.of(spec.name()))
        .list()
        .getItems();
  }

  HasMetadata create(HasMetadata object) throws ClusterException {
    try {
      return client.resource(object).create();
    } catch (KubernetesClientException e) {
      throw refusal.explain(e, "create", kind(object), object.getMetadata().getName());
    }
  }

  /**
   * Returns once they are gone from the API server: a name is free then.
   *
   * @throws ClusterException if some are not; the others are gone all the same
   */
  void delete(List<? extends HasMetadata> objects) throws ClusterException, InterruptedException {
    List<HasMetadata> going = new ArrayList<>();
    List<HasMetadata> left = new ArrayList<>();
    @Nullable ClusterException first = null;
    for (HasMetadata object : objects) {
      try {
        client.resource(object).delete();
        going.add(object);
      } catch (KubernetesClientException e) {
        left.add(object);
        first = first == null ? refusal.explain(e, "delete", kind(object)) : first;
      }
    }
    long deadline = System.nanoTime() + GOING.toNanos();
    for (HasMetadata object : going) {
      awaitGone(object, deadline);
    }
    if (first != null) {
      throw first.with("Still there: " + names(left));
    }
  }

  private void awaitGone(HasMetadata object, long deadline)
      throws ClusterException, InterruptedException {
    String uid = object.getMetadata().getUid();
    while (isThere(object, uid)) {
      if (System.nanoTime() > deadline) {
        throw ClusterException.failed(
            "%s %s is still there %d s after it was deleted. See what holds it: kubectl describe %s %s -n %s"
                .formatted(
                    object.getKind(),
                    object.getMetadata().getName(),
                    GOING.toSeconds(),
                    kind(object),
                    object.getMetadata().getName(),
                    spec.namespace()));
      }
      Thread.sleep(PAUSE);
    }
  }

  private boolean isThere(HasMetadata object, String uid) throws ClusterException {
    try {
      HasMetadata now = client.resource(object).get();
      return now != null && uid.equals(now.getMetadata().getUid());
    } catch (KubernetesClientException e) {
      throw refusal.explain(e, "get", kind(object));
    }
  }

  /** For people, such as {@code Pod alice-cluster, Service alice}. */
  static String names(List<? extends HasMetadata> objects) {
    return objects.stream()
        .map(o -> o.getKind() + " " + o.getMetadata().getName())
        .collect(Collectors.joining(", "));
  }

  /** As RBAC names the kind. */
  static String kind(HasMetadata object) {
    String lower = object.getKind().toLowerCase(Locale.ROOT);
    return lower.endsWith("y") ? lower.substring(0, lower.length() - 1) + "ies" : lower + "s";
  }
}
