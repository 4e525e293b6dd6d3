package dev.teletun.client.cluster.prefix;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.access.Pause;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server through one client after the other: when it cannot be asked, or does not know
 * us any more, the kubeconfig is read again, and all that is followed goes on with a new client. A
 * connection that leads nowhere any more is left behind that way, and a token that has expired.
 *
 * <p>Threads: {@code cluster}, and one for each kind that is followed; none of them is held up by a
 * caller, and none outlives {@link #close}.
 */
final class Sessions implements Closeable, Follower.Listener {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final ClusterChoice choice;
  private final Runnable changed;
  private final Consumer<String> events;
  private final Pause pause = new Pause(ThreadLocalRandom.current());
  private final Map<Kind, Follower> followers = new EnumMap<>(Kind.class);
  private final Map<Kind, Thread> following = new EnumMap<>(Kind.class);
  private @Nullable ApiReader api;
  private @Nullable Thread main;
  private @Nullable Failure failure;
  private boolean anew;
  private boolean closing;
  private volatile Set<InetAddress> apiServer = Set.of();
  private volatile @Nullable String trouble;

  private record Failure(Kind kind, IOException why) {}

  /**
   * Asks nothing yet.
   *
   * @param changed runs when something may be different
   * @param events hears what the user is to know
   */
  Sessions(ClusterChoice choice, Runnable changed, Consumer<String> events) {
    this.choice = choice;
    this.changed = changed;
    this.events = events;
  }

  /** Follows these kinds, too. */
  synchronized void begin(Set<Kind> kinds) {
    for (Kind kind : kinds) {
      if (!closing && !followers.containsKey(kind)) {
        Follower follower = new Follower(kind, this);
        followers.put(kind, follower);
        if (api != null) {
          start(follower, api);
        }
      }
    }
    if (main == null && !closing) {
      main = Thread.ofVirtual().name("cluster").start(this::run);
    }
  }

  synchronized Collection<Follower> followers() {
    return List.copyOf(followers.values());
  }

  /** True if nothing more is to be heard at the moment. */
  synchronized boolean isSettled() {
    return trouble != null || followers.values().stream().allMatch(Follower::isSettled);
  }

  /** Where the API server is asked, and the proxy to it. */
  Set<InetAddress> apiServer() {
    return apiServer;
  }

  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Begins a new session now. */
  synchronized void anew() {
    anew = true;
    notifyAll();
  }

  private void run() {
    while (!isClosing()) {
      try (ClusterApi next = ClusterApi.open(choice)) {
        apiServer = addresses(next);
        Failure why = session(next);
        if (why != null) {
          failed(explained(next, why));
        }
      } catch (IOException e) {
        failed(e);
      } catch (RuntimeException e) { // of fabric8, which has unchecked ones for everything
        failed(ClusterException.failed("the API server cannot be asked: " + e, e));
      }
      rest();
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  /** Until something fails, or a new one is to begin. */
  private @Nullable Failure session(ClusterApi with) throws IOException {
    List<Thread> ended;
    Failure why;
    synchronized (this) {
      ApiReader reader = new ApiReader(with.client().getHttpClient(), with.server());
      api = reader;
      failure = null;
      anew = false;
      followers.values().forEach(follower -> start(follower, reader));
      awaitEnd();
      why = anew || closing ? null : failure;
      ended = List.copyOf(following.values());
      following.clear();
      api = null;
    }
    end(ended);
    return why;
  }

  private void end(List<Thread> threads) throws IOException {
    threads.forEach(Thread::interrupt);
    for (Follower follower : followers()) {
      follower.cut();
    }
    try {
      for (Thread thread : threads) {
        boolean _ = thread.join(TICK);
      }
    } catch (InterruptedException _) {
      throw new InterruptedIOException("no longer asked");
    }
  }

  private synchronized void awaitEnd() throws IOException {
    try {
      while (failure == null && !anew && !closing) {
        wait(TICK.toMillis());
        for (Follower follower : followers.values()) {
          if (follower.isOverdue()) {
            failure = new Failure(follower.kind(), new IOException("it has fallen silent"));
          }
        }
      }
    } catch (InterruptedException _) {
      throw new InterruptedIOException("no longer asked");
    }
  }

  /** Holding the lock. */
  private void start(Follower follower, ApiReader with) {
    Thread thread =
        Thread.ofVirtual()
            .name("cluster-" + follower.kind().resource())
            .start(() -> follow(follower, with));
    following.put(follower.kind(), thread);
  }

  private void follow(Follower follower, ApiReader with) {
    IOException why;
    try {
      follower.follow(with);
      return;
    } catch (IOException e) {
      why = e;
    } catch (RuntimeException e) {
      why = new IOException(e);
    }
    synchronized (this) {
      if (with.equals(api) && failure == null) {
        failure = new Failure(follower.kind(), why);
        notifyAll();
      }
    }
  }

  @Override
  public void heard() {
    if (trouble != null) {
      synchronized (this) {
        pause.reset();
      }
      trouble = null;
      events.accept("the API server answers again: routes follow the cluster");
    }
  }

  @Override
  public void changed() {
    heard();
    changed.run();
  }

  @Override
  public void refused(Kind kind, StatusException why) {
    events.accept(
        "the API server answers %d to questions for %s now. Routes stay as they are; it is asked again"
            .formatted(why.code(), kind.resource()));
  }

  private void failed(IOException why) {
    boolean first = trouble == null;
    trouble = String.valueOf(why.getMessage());
    if (first) {
      events.accept("%s. Routes stay as they are; it is asked again".formatted(trouble));
      changed.run();
    }
  }

  private static IOException explained(ClusterApi with, Failure failure) {
    IOException why = failure.why();
    KubernetesClientException answer =
        why instanceof StatusException status
            ? new KubernetesClientException(why.getMessage(), status.code(), null)
            : new KubernetesClientException(why.getMessage(), why);
    return with.explain(answer, "list", failure.kind().resource(), "");
  }

  private synchronized void rest() {
    long deadline = System.nanoTime() + pause.next().toNanos();
    try {
      long left = deadline - System.nanoTime();
      while (left > 0 && !anew && !closing) {
        wait(Math.max(1, Duration.ofNanos(left).toMillis()));
        left = deadline - System.nanoTime();
      }
    } catch (InterruptedException _) {
      closing = true;
    }
  }

  private static Set<InetAddress> addresses(ClusterApi of) throws ClusterException {
    Config config = of.client().getConfiguration();
    List<@Nullable String> urls = new ArrayList<>();
    urls.add(of.server());
    urls.add(config.getHttpsProxy());
    urls.add(config.getHttpProxy());
    Set<InetAddress> addresses = new LinkedHashSet<>();
    for (String url : urls) {
      String host = url == null || url.isEmpty() ? null : URI.create(url).getHost();
      if (host != null) {
        try {
          addresses.addAll(List.of(InetAddress.getAllByName(host)));
        } catch (UnknownHostException e) {
          throw ClusterException.failed(
              "the name %s, of the API server or the proxy to it, does not resolve. Check it with: getent hosts %s"
                  .formatted(host, host),
              e);
        }
      }
    }
    return addresses;
  }

  @Override
  public void close() {
    Thread last;
    synchronized (this) {
      closing = true;
      notifyAll();
      last = main;
    }
    if (last != null) {
      try {
        boolean _ = last.join(TICK);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
