package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lets nobody by who would end somebody else's session without knowing. Where the Lease cannot be
 * read or written it lets everybody by: the server itself admits one client alone. One thread.
 */
public final class LeaseGate {
  /** Longer than any client that is there is silent. */
  private static final Duration OBSERVATION = LeaseKeeper.RENEWED.multipliedBy(3).dividedBy(2);

  private static final Duration NO_CLOCK_IS_BEHIND_BY = Duration.ofHours(1);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int NOT_FOUND = 404;

  private final ClusterApi api;
  private final PairSpec spec;
  private final Holder me;
  private final Steps steps;
  private final PairLease lease;
  private final Duration observation;

  /** Nothing is asked yet. */
  public LeaseGate(ClusterApi api, PairSpec spec, Holder me, Steps steps) {
    this(api, spec, me, steps, OBSERVATION);
  }

  LeaseGate(ClusterApi api, PairSpec spec, Holder me, Steps steps, Duration observation) {
    this.api = api;
    this.spec = spec;
    this.me = me;
    this.steps = steps;
    this.observation = observation;
    lease = new PairLease(api, spec.namespace(), spec.name());
  }

  /**
   * Before a pair is brought up: takes its Lease.
   *
   * @param takeover also from a client that is there
   * @throws PairHeldException if one is
   */
  public void take(boolean takeover) throws PairHeldException, InterruptedException {
    try {
      Optional<Lease> taken = Optional.empty();
      while (taken.isEmpty()) {
        Optional<Lease> now = lease.read();
        Optional<Holding> holding = holding(now);
        if (holding.isPresent() && !takeover) {
          boolean own = holding.get().holder().isOfSamePerson(me);
          if (own || !isGone(holding.get())) {
            throw held(holding.get(), own ? own(holding.get()) : somebodys());
          }
        }
        taken = lease.hold(now, me);
      }
    } catch (KubernetesClientException e) {
      // without a namespace the work itself will say so, without the right the preflight has
      if (e.getCode() != NOT_FOUND && !Refusal.forbidden(e)) {
        unknown(e, "create");
      }
    }
  }

  /**
   * Before a pair is removed.
   *
   * @param force also if somebody else's client holds it
   * @throws PairHeldException if one does
   */
  public void pass(boolean force) throws PairHeldException, InterruptedException {
    try {
      Optional<Holding> holding = holding(lease.read());
      if (holding.isEmpty() || force) {
        return;
      }
      if (holding.get().holder().isOfSamePerson(me)) {
        steps.warn("your own client, process %d, ends".formatted(holding.get().holder().pid()));
      } else if (!isGone(holding.get())) {
        throw held(
            holding.get(),
            "Ask for that session to be ended, or remove the pair all the same with -force");
      }
    } catch (KubernetesClientException e) {
      unknown(e, "get");
    }
  }

  /** A client that is not this one and is not known to have ended. */
  private Optional<Holding> holding(Optional<Lease> now) {
    return now.flatMap(Holding::of).filter(h -> !h.holder().equals(me) && !h.holder().hasEnded());
  }

  /** True if it does not renew any more. By clocks alone this cannot be said: they may differ. */
  private boolean isGone(Holding holding) throws InterruptedException {
    Instant now = Instant.now();
    if (!holding.hasExpired(now) || holding.hasExpired(now.minus(NO_CLOCK_IS_BEHIND_BY))) {
      return holding.hasExpired(now);
    }
    steps.step(
        "pair %s was held by %s: watching whether it still is".formatted(spec.name(), holding));
    long deadline = System.nanoTime() + observation.toNanos();
    while (System.nanoTime() < deadline) {
      Thread.sleep(LOOK);
      Optional<Holding> seen = lease.read().flatMap(Holding::of);
      if (seen.isEmpty()) {
        return true;
      }
      if (!seen.get().equals(holding)) {
        return false;
      }
    }
    return true;
  }

  private static String somebodys() {
    return "Bring up one of your own with -name=NAME, or end that session with -takeover";
  }

  private static String own(Holding holding) {
    return "That is your own client: end it first (kill %d), or its session with -takeover; or bring up another pair with -name=NAME"
        .formatted(holding.holder().pid());
  }

  private PairHeldException held(Holding holding, String remedy) {
    return new PairHeldException(
        "pair %s in namespace \"%s\" is held by %s. %s"
            .formatted(spec.name(), spec.namespace(), holding, remedy));
  }

  private void unknown(KubernetesClientException e, String verb) {
    ClusterException why = api.explain(e, verb, PairLease.RESOURCE, spec.namespace());
    steps.warn("who holds the pair is not known: " + why.getMessage());
  }
}
