package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The Lease (coordination.k8s.io/v1) that says who holds a pair, called like the pair. What is
 * written stands on what was read: where somebody else wrote meanwhile, nothing is. Failures are
 * fabric8's.
 */
final class PairLease {
  /** How long a client that is not heard of counts as there. */
  static final Duration VALID = Duration.ofSeconds(40);

  static final String RESOURCE = "leases";

  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final String namespace;
  private final String pair;

  PairLease(ClusterApi api, String namespace, String pair) {
    client = api.client();
    this.namespace = namespace;
    this.pair = pair;
  }

  Optional<Lease> read() {
    return Optional.ofNullable(client.leases().inNamespace(namespace).withName(pair).get());
  }

  /**
   * Writes that {@code me} holds it, or does still.
   *
   * @param before as it was read last; empty to make it
   * @return as it is now; empty if it was another, or gone, by then
   */
  Optional<Lease> hold(Optional<Lease> before, Holder me) {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    LeaseSpec spec = before.map(Lease::getSpec).orElseGet(LeaseSpec::new);
    boolean taken = !me.identity().equals(spec.getHolderIdentity());
    LeaseSpecBuilder held =
        new LeaseSpecBuilder(spec)
            .withHolderIdentity(me.identity())
            .withLeaseDurationSeconds((int) VALID.toSeconds())
            .withRenewTime(now);
    if (taken) {
      held.withAcquireTime(now)
          .withLeaseTransitions(
              before.isEmpty() ? 0 : 1 + Objects.requireNonNullElse(spec.getLeaseTransitions(), 0));
    }
    return write(before, held.build());
  }

  /** Gives it back, so that the next one finds nobody; nothing happens if it is another by now. */
  void release(Lease held) {
    LeaseSpec free =
        new LeaseSpecBuilder()
            .withLeaseTransitions(held.getSpec().getLeaseTransitions())
            .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
            .build();
    boolean _ = write(Optional.of(held), free).isPresent();
  }

  private Optional<Lease> write(Optional<Lease> before, LeaseSpec spec) {
    try {
      Lease lease = new LeaseBuilder(before.orElseGet(this::made)).withSpec(spec).build();
      return Optional.of(
          before.isEmpty() ? client.resource(lease).create() : client.resource(lease).update());
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT || (before.isPresent() && e.getCode() == NOT_FOUND)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Lease made() {
    Map<String, String> labels = new HashMap<>(PairLabels.of(pair));
    labels.put(PairLabels.MANAGED_BY, PairLabels.TELETUN);
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(pair)
        .withNamespace(namespace)
        .withLabels(labels)
        .endMetadata()
        .build();
  }

  @Override
  public String toString() {
    return namespace + "/" + pair;
  }
}
