package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.access.Pause;
import dev.teletun.protocol.count.Fact;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Keeps saying, by the pair's Lease, that this client holds the pair, and gives it back at the end.
 * What becomes of the Lease never touches the connection: the server itself admits one client
 * alone.
 *
 * <pre>
 *   begin ──► held ◄──► trouble (asked again, later and later)
 *              │  ╲
 *              │   another's (until it is given back or expires) ──► held
 *              ▼
 *            deleted (until somebody makes it anew)
 * </pre>
 *
 * Thread {@code lease} alone asks the API server; everything else returns at once, on any thread,
 * but {@link #close}.
 */
public final class LeaseKeeper implements Closeable {
  /** How often; a third of what it counts for is enough for two tries to be lost. */
  static final Duration RENEWED = Duration.ofSeconds(10);

  private static final Duration WITHOUT_RIGHT = Duration.ofMinutes(5);
  private static final Duration GIVING_BACK = Duration.ofSeconds(2);

  private final ClusterChoice choice;
  private final Finder finder;
  private final Holder me;
  private final Consumer<String> events;
  private final Duration renewed;
  private final Pause pause = new Pause(ThreadLocalRandom.current());
  private final Thread thread;
  private boolean closing; // guarded by this

  // of thread lease
  private Optional<Lease> current = Optional.empty();
  private boolean mayTakeAny;
  private boolean wasThere;

  private volatile Optional<Holding> holding = Optional.empty();
  private volatile String name = "";
  private volatile String trouble = "not asked yet";

  /** Finds out which Lease it is; empty if there is none to keep. */
  @FunctionalInterface
  private interface Finder {
    Optional<PairLease> find(ClusterApi api);
  }

  private LeaseKeeper(
      ClusterChoice choice,
      Finder finder,
      Holder me,
      boolean mayTakeAny,
      Duration renewed,
      Consumer<String> events) {
    this.choice = choice;
    this.finder = finder;
    this.me = me;
    this.mayTakeAny = mayTakeAny;
    this.renewed = renewed;
    this.events = events;
    thread = Thread.ofVirtual().name("lease").unstarted(this::run);
  }

  /**
   * For a pair whose Lease was taken at the {@link LeaseGate}.
   *
   * @param events hears what the user is to know
   */
  public static LeaseKeeper ofPair(
      ClusterChoice choice, PairSpec spec, Holder me, Consumer<String> events) {
    return ofPair(choice, spec, me, RENEWED, events);
  }

  static LeaseKeeper ofPair(
      ClusterChoice choice, PairSpec spec, Holder me, Duration renewed, Consumer<String> events) {
    Finder finder = api -> Optional.of(new PairLease(api, spec.namespace(), spec.name()));
    return new LeaseKeeper(choice, finder, me, false, renewed, events);
  }

  /**
   * For the pair that a pod is of, by its labels. To begin once the server has let us in: who held
   * it before does no more.
   *
   * @param namespace the one in force if empty
   * @param pod name of server-external's
   */
  public static LeaseKeeper ofPod(
      ClusterChoice choice,
      Optional<String> namespace,
      String pod,
      Holder me,
      Consumer<String> events) {
    Finder finder = api -> leaseOf(api, namespace.orElseGet(api::namespace), pod);
    return new LeaseKeeper(choice, finder, me, true, RENEWED, events);
  }

  /** Asks the API server from now on; does nothing the second time. */
  public synchronized void begin() {
    if (thread.getState() == Thread.State.NEW && !closing) {
      thread.start();
    }
  }

  private static Optional<PairLease> leaseOf(ClusterApi api, String namespace, String name) {
    Pod pod = api.client().pods().inNamespace(namespace).withName(name).get();
    Map<String, String> labels =
        pod == null || pod.getMetadata().getLabels() == null
            ? Map.of()
            : pod.getMetadata().getLabels();
    return PairLabels.TELETUN.equals(labels.get(PairLabels.NAME))
        ? Optional.ofNullable(labels.get(PairLabels.INSTANCE))
            .map(pair -> new PairLease(api, namespace, pair))
        : Optional.empty();
  }

  private void run() {
    while (!isClosing()) {
      Duration rest;
      try (ClusterApi api = ClusterApi.open(choice)) {
        rest = session(api);
      } catch (IOException | RuntimeException e) { // fabric8 has unchecked ones for everything
        trouble = String.valueOf(e.getMessage());
        rest = pause.next();
      }
      rest(rest);
    }
  }

  /** Until it fails or is closed; returns how long to leave the API server in peace. */
  private Duration session(ClusterApi api) {
    try {
      Optional<PairLease> lease = finder.find(api);
      if (lease.isEmpty()) {
        trouble = "none: the pod has no label %s=%s".formatted(PairLabels.NAME, PairLabels.TELETUN);
        return WITHOUT_RIGHT;
      }
      name = lease.get().toString();
      while (!isClosing()) {
        round(lease.get());
        pause.reset();
        rest(renewed);
      }
      current.ifPresent(lease.get()::release);
      return Duration.ZERO;
    } catch (KubernetesClientException e) {
      ClusterException why = api.explain(e, "update", PairLease.RESOURCE, namespaceOf());
      trouble = String.valueOf(why.getMessage());
      return Refusal.forbidden(e) ? WITHOUT_RIGHT : pause.next();
    }
  }

  private String namespaceOf() {
    return name.substring(0, Math.max(0, name.indexOf('/')));
  }

  private void round(PairLease lease) {
    boolean written = false;
    while (!written && !isClosing()) {
      Optional<Lease> before = current.isPresent() ? current : lease.read();
      if (before.isEmpty() && wasThere) {
        nobody("somebody has deleted it");
        return;
      }
      wasThere |= before.isPresent();
      Optional<Holding> other = before.flatMap(Holding::of).filter(h -> !h.holder().equals(me));
      if (other.isPresent() && !mayBeTaken(other.get())) {
        anothers(other.get());
        return;
      }
      current = lease.hold(before, me);
      written = current.isPresent();
    }
    current.flatMap(Holding::of).ifPresent(this::held);
  }

  private boolean mayBeTaken(Holding other) {
    return mayTakeAny || other.hasExpired(Instant.now()) || other.holder().hasEnded();
  }

  private void held(Holding now) {
    mayTakeAny = false;
    wasThere = true;
    trouble = "";
    holding = Optional.of(now);
  }

  private void anothers(Holding other) {
    mayTakeAny = false;
    boolean news = holding.filter(h -> h.holder().equals(other.holder())).isEmpty();
    trouble = "";
    holding = Optional.of(other);
    if (news) {
      events.accept("the Lease of pair %s is now held by %s".formatted(name, other));
    }
  }

  private void nobody(String why) {
    holding = Optional.empty();
    trouble = why;
  }

  /** Who holds the pair, as far as its Lease says. */
  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    String why = trouble;
    holding.ifPresent(h -> {
      facts.add(Fact.text("pairHolder", h.holder().toString()));
      facts.add(Fact.text("pairHeldSince", h.since().truncatedTo(ChronoUnit.SECONDS).toString()));
      facts.add(
          Fact.text("pairLeaseRenewed", h.renewed().truncatedTo(ChronoUnit.SECONDS).toString()));
    });
    if (!name.isEmpty()) {
      facts.add(Fact.text("pairLease", name));
    }
    if (!why.isEmpty()) {
      facts.add(Fact.text("pairLeaseTrouble", why));
    }
    return facts;
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private synchronized void rest(Duration length) {
    long deadline = System.nanoTime() + length.toNanos();
    try {
      long left = deadline - System.nanoTime();
      while (left > 0 && !closing) {
        wait(Math.max(1, Duration.ofNanos(left).toMillis()));
        left = deadline - System.nanoTime();
      }
    } catch (InterruptedException _) {
      closing = true;
    }
  }

  /** Gives it back, if the API server answers soon; else it expires. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      boolean _ = thread.join(GIVING_BACK);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
