package dev.teletun.client.cluster.prefix;

import dev.teletun.client.cluster.access.ClusterChoice;
import java.io.Closeable;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The cluster's addresses, asked for side by side with whatever else is done, and followed until
 * closed. Any thread.
 */
public final class ClusterPrefixes implements Closeable {
  private static final Set<Kind> AT_ONCE =
      Set.of(Kind.SERVICE_CIDRS, Kind.KUBEADM_CONFIG, Kind.NODES, Kind.NAMESPACES);

  /** Hears what becomes of the cluster, on threads of this class; is to be quick. */
  public interface Listener {
    /** Something may be different now. */
    void changed();

    /** Something to tell the user. */
    void event(String what);
  }

  private final Listener listener;
  private final Sessions sessions;
  private Map<PrefixLadder.Rung, Instant> since = new HashMap<>();

  private ClusterPrefixes(ClusterChoice choice, Listener listener) {
    this.listener = listener;
    this.sessions = new Sessions(choice, this::changed, listener::event);
  }

  /** Begins to ask; returns at once. */
  public static ClusterPrefixes begin(ClusterChoice choice, Listener listener) {
    ClusterPrefixes prefixes = new ClusterPrefixes(choice, listener);
    prefixes.sessions.begin(AT_ONCE);
    return prefixes;
  }

  private void changed() {
    synchronized (this) {
      notifyAll();
    }
    listener.changed();
  }

  /**
   * What is known now. What has to be asked for it, too, is asked from now on.
   *
   * @param pod addresses of the pod that this host is
   * @param nameServers that the pod uses
   * @param withHosts whether the addresses of Services and pods are wanted one by one
   */
  public synchronized ClusterView view(
      List<InetAddress> pod, List<InetAddress> nameServers, boolean withHosts) {
    return view(climb(pod, nameServers, withHosts));
  }

  /** The same once everything has been answered, or after {@code patience}. */
  public synchronized ClusterView await(
      List<InetAddress> pod, List<InetAddress> nameServers, boolean withHosts, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      boolean settled = sessions.isSettled(); // before it is looked at
      PrefixLadder ladder = climb(pod, nameServers, withHosts);
      long left = deadline - System.nanoTime();
      if (left <= 0 || (settled && sessions.isSettled())) {
        return view(ladder);
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return view(ladder);
      }
    }
  }

  private PrefixLadder climb(
      List<InetAddress> pod, List<InetAddress> nameServers, boolean withHosts) {
    Map<Kind, Follower.Known> known = new EnumMap<>(Kind.class);
    sessions.followers().forEach(follower -> known.put(follower.kind(), follower.known()));
    PrefixLadder ladder = new PrefixLadder(known, pod, nameServers, withHosts);
    if (AT_ONCE.stream().allMatch(kind -> isSettled(known, kind))) {
      sessions.begin(ladder.missing());
    }
    return ladder;
  }

  private static boolean isSettled(Map<Kind, Follower.Known> known, Kind kind) {
    return known.getOrDefault(kind, Follower.Known.NOTHING).settled();
  }

  private ClusterView view(PrefixLadder ladder) {
    Map<PrefixLadder.Rung, Instant> still = new HashMap<>();
    List<LearnedPrefix> prefixes = new ArrayList<>();
    for (PrefixLadder.Rung rung : ladder.rungs()) {
      Instant learned = since.getOrDefault(rung, Instant.now());
      still.put(rung, learned);
      prefixes.add(new LearnedPrefix(rung.prefix(), rung.source(), rung.confidence(), learned));
    }
    since = still;
    return new ClusterView(
        prefixes, ladder.hosts(), ladder.namespaces(), ladder.skipped(), sessions.apiServer());
  }

  /** How the API server answers, for people: one entry for each kind of objects that is asked. */
  public List<String> state() {
    List<String> state = new ArrayList<>();
    for (Follower follower : sessions.followers()) {
      Follower.Known known = follower.known();
      String how =
          switch (known.status()) {
            case 0 -> known.settled() ? "%d".formatted(known.objects().size()) : "not answered yet";
            case 404 -> "unknown to this API server";
            default -> "refused (%d)".formatted(known.status());
          };
      state.add("%s: %s".formatted(follower.kind().resource(), how));
    }
    return state;
  }

  /** Why the API server cannot be asked at the moment; empty while it can. */
  public Optional<String> trouble() {
    return sessions.trouble();
  }

  /** The network of this host has changed: what was being read may be gone. */
  public void networkChanged() {
    sessions.anew();
  }

  @Override
  public void close() {
    sessions.close();
  }
}
