package dev.teletun.client.connect;

import dev.teletun.client.cluster.prefix.ClusterPrefixes;
import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.client.host.state.Achieved;
import dev.teletun.client.host.state.TakenHost;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.message.ControlMessage;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the device's routes what {@link RouteChooser} says, while all that it goes by changes.
 *
 * <p>Thread {@code routes} alone changes routes, after {@link #keep}; everything else may be called
 * on any thread, and returns at once, but for {@link #first}.
 */
final class RouteKeeper implements Closeable, ClusterPrefixes.Listener, AddressListener {
  /** Changes that come closer together are made at once, and the first of them soon. */
  private static final Duration GATHERING = Duration.ofMillis(10);

  /** So are those that come while it rests. */
  private static final Duration SHORTEST_REST = Duration.ofMillis(50);

  private static final Duration LONGEST_REST = Duration.ofMillis(250);

  /** Then this host is asked what it needs, and what failed is tried again. */
  private static final Duration LOOKING = Duration.ofSeconds(5);

  private final RouteChooser chooser;
  private final Progress progress;
  private final Events updates = new Events("changed", "unchanged", "failed");
  private volatile RoutePlan routed = RoutePlan.NOTHING;
  private List<Runnable> waiting = new ArrayList<>();
  private @Nullable Attachment attachment;
  private @Nullable TakenHost host;
  private @Nullable Thread thread;
  private boolean changed;
  private boolean failing;
  private boolean closing;

  private RouteKeeper(ClientOptions options, Ladder ladder, Progress progress) {
    this.progress = progress;
    this.chooser = new RouteChooser(options, ladder, progress, this);
  }

  /** Begins to ask the cluster, if the user names one. */
  static RouteKeeper begin(ClientOptions options, Ladder ladder, Progress progress) {
    return new RouteKeeper(options, ladder, progress);
  }

  /** Makes its counters readable, on any thread. */
  void register(Counters to) {
    to.family(
        "teletun_route_updates",
        "Times the host was compared with what is to be routed, and what came of it.",
        "result",
        updates::read);
  }

  /**
   * What to route at first; waits up to 2 s for the API server.
   *
   * @throws IOException if this host must not become the pod that the server names
   */
  RoutePlan first(Attachment to) throws IOException {
    synchronized (this) {
      attachment = to;
    }
    routed = chooser.first(to);
    return routed;
  }

  /** The cluster's names, as far as they are known with the routes of now. */
  ClusterNames names(Attachment to) {
    return chooser.names(to);
  }

  /** From now on the host's routes and names follow. */
  synchronized void keep(TakenHost which) {
    host = which;
    changed = true; // something may have been learned since the first plan
    thread = Thread.ofPlatform().name("routes").daemon().start(this::run);
  }

  /** The server is another one, or the pod is. */
  synchronized void attached(Attachment to) {
    attachment = to;
    changed();
  }

  /** The server says what it knows of the cluster. */
  void learned(ControlMessage.Facts what) {
    chooser.learned(what);
    changed();
  }

  @Override
  public synchronized void changed() {
    changed = true;
    notifyAll();
  }

  /** Whoever asked hears it when packets there go into the tunnel. */
  @Override
  public void answered(Set<InetAddress> addresses, Runnable tell) {
    if (chooser.saw(addresses, routed)) {
      synchronized (this) {
        if (thread != null && !closing) {
          waiting.add(tell);
          changed();
          return;
        }
      }
    }
    tell.run();
  }

  @Override
  public void event(String what) {
    progress.event(what);
  }

  private void run() {
    try {
      HeapGrowth growth = new HeapGrowth();
      while (awaitChange()) {
        Thread.sleep(GATHERING);
        long begun = System.nanoTime();
        List<Runnable> heard = takeWaiting();
        follow();
        heard.forEach(Runnable::run);
        growth.bound();
        Thread.sleep(restAfter(Duration.ofNanos(System.nanoTime() - begun)));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      takeWaiting().forEach(Runnable::run);
    }
  }

  /** However much changes, half of the time is a rest. */
  private static Duration restAfter(Duration work) {
    return work.compareTo(SHORTEST_REST) < 0
        ? SHORTEST_REST
        : work.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : work;
  }

  private synchronized List<Runnable> takeWaiting() {
    List<Runnable> taken = waiting;
    waiting = new ArrayList<>();
    return taken;
  }

  private boolean awaitChange() throws InterruptedException {
    while (!heard()) {
      if (failing || isOutdated()) {
        changed();
      }
    }
    synchronized (this) {
      changed = false;
      return !closing;
    }
  }

  /** False if there was nothing to hear for a while. */
  private synchronized boolean heard() throws InterruptedException {
    long deadline = System.nanoTime() + LOOKING.toNanos();
    while (!changed && !closing) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  private boolean isOutdated() {
    try {
      return chooser.isOutdated();
    } catch (IOException _) {
      return true; // whoever reads it again says what is wrong
    }
  }

  private void follow() {
    Attachment to;
    TakenHost onto;
    synchronized (this) {
      to = attachment;
      onto = host;
    }
    if (to == null || onto == null) {
      return;
    }
    try {
      RoutePlan next = chooser.next(to, onto.device().index());
      Achieved achieved = onto.change(state -> state.withRoutes(next, chooser.names(to)));
      routed = next;
      failing = false;
      updates.count(achieved.added() + achieved.removed() > 0 ? "changed" : "unchanged");
      achieved.lacks().forEach(lack -> chooser.once(lack, progress::event));
    } catch (IOException e) {
      failing = true;
      updates.count("failed");
      chooser.once("routes cannot follow the cluster: " + e.getMessage(), progress::event);
    }
  }

  /** What is routed and why, what is not and why, and how the API server answers. */
  List<Fact> facts() {
    return chooser.facts();
  }

  @Override
  public void close() throws IOException {
    Thread last;
    synchronized (this) {
      closing = true;
      notifyAll();
      last = thread;
    }
    chooser.close();
    if (last != null) {
      try {
        last.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
