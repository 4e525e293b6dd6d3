package dev.teletun.client.connect;

import dev.teletun.client.cluster.prefix.ClusterPrefixes;
import dev.teletun.client.cluster.prefix.ClusterView;
import dev.teletun.client.cluster.prefix.Confidence;
import dev.teletun.client.cluster.prefix.LearnedPrefix;
import dev.teletun.client.host.Admission;
import dev.teletun.client.host.HostNetwork;
import dev.teletun.client.host.RouteMode;
import dev.teletun.client.host.RoutePlan;
import dev.teletun.client.host.RouteWish;
import dev.teletun.client.host.TunnelInterface;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.message.ControlMessage;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the routes into the tunnel what user, cluster and server say, while all of them change, and
 * so does this host's own network.
 *
 * <p>Thread {@code routes} alone changes routes, after {@link #keep}; everything else may be called
 * on any thread, and returns at once, but for {@link #first}.
 */
final class RouteKeeper implements Closeable, ClusterPrefixes.Listener {
  /** What the API server may delay connecting by. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Changes that come closer together are made at once. */
  private static final Duration CALM = Duration.ofMillis(50);

  private static final int MOST_SHOWN = 50;

  private final RouteChoice choice;
  private final Ladder ladder;
  private final Progress progress;
  private final Set<String> told = new HashSet<>();
  private final Optional<ClusterPrefixes> cluster;
  private volatile ClusterView view = ClusterView.NONE;
  private volatile RoutePlan plan = new RoutePlan(Map.of(), List.of(), List.of(), false);
  private volatile List<LearnedPrefix> facts = List.of();
  private @Nullable Attachment attachment;
  private @Nullable TunnelInterface device;
  private @Nullable HostNetwork network;
  private @Nullable Thread thread;
  private boolean changed;
  private boolean closing;

  private RouteKeeper(ClientOptions options, Ladder ladder, Progress progress) {
    this.ladder = ladder;
    this.choice = options.routes();
    this.progress = progress;
    this.cluster =
        asksCluster(options)
            ? Optional.of(ClusterPrefixes.begin(options.cluster(), this))
            : Optional.empty();
  }

  /** Begins to ask the cluster, if the user names one. */
  static RouteKeeper begin(ClientOptions options, Ladder ladder, Progress progress) {
    return new RouteKeeper(options, ladder, progress);
  }

  /** A kubeconfig that merely happens to be there may be of another cluster than the address. */
  private static boolean asksCluster(ClientOptions options) {
    return options.routes().mode() != RouteMode.NONE
        && (options.pod().isPresent()
            || options.cluster().kubeconfig().isPresent()
            || options.cluster().context().isPresent());
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
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean hosts = choice.mode() == RouteMode.HOSTS;
    ClusterView known = ask(to, hosts, deadline);
    HostNetwork host = HostNetwork.read(OptionalInt.empty(), ways(to));
    refuseToBecome(to, host);
    RoutePlan first = choose(to, host, known, progress::warn);
    if (first.needsHosts() && !hosts && cluster.isPresent()) {
      first = choose(to, host, ask(to, true, deadline), progress::warn);
    }
    warnIfGuessed(first);
    plan = first;
    return first;
  }

  private static void refuseToBecome(Attachment to, HostNetwork host) throws IOException {
    Optional<InetAddress> refused = RoutePlan.notToBeTaken(to.addresses().addresses(), host);
    if (refused.isPresent()) {
      throw new IOException(
          "the server says that this host is to be %s, which is a gateway, name server or neighbour of this host, or the server itself: nothing was changed. Is it the right server?"
              .formatted(Addresses.text(refused.get())));
    }
  }

  private ClusterView ask(Attachment to, boolean hosts, long deadlineNanos) {
    Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    cluster.ifPresent(
        c -> view = c.await(to.addresses().addresses(), nameServers(to), hosts, left));
    return view;
  }

  private RoutePlan choose(
      Attachment to, HostNetwork host, ClusterView known, Consumer<String> tell) {
    Set<InetAddress> hosts = new LinkedHashSet<>(known.hosts());
    hosts.removeAll(Set.copyOf(to.addresses().addresses())); // those are this host's own
    List<RouteWish.Candidate> learned = new ArrayList<>();
    known.prefixes().forEach(p -> learned.add(new RouteWish.Candidate(p.prefix(), text(p))));
    facts.forEach(p -> learned.add(new RouteWish.Candidate(p.prefix(), text(p))));
    RoutePlan chosen =
        RoutePlan.choose(
            new RouteWish(
                choice.asked(), choice.excluded(), choice.mode(), nameServers(to), learned, hosts),
            host);
    for (String warning : chosen.warnings()) {
      synchronized (told) {
        if (told.add(warning)) {
          tell.accept(warning);
        }
      }
    }
    return chosen;
  }

  private void warnIfGuessed(RoutePlan first) {
    boolean guessed = view.prefixes().stream().allMatch(p -> p.confidence() == Confidence.LOW);
    if (cluster.isPresent() && guessed && choice.asked().isEmpty()) {
      progress.warn(
          "the cluster does not say which prefixes it has (%s): routed for now are %s. Say -route=PREFIX for what is missing"
              .formatted(
                  cluster.get().trouble().orElse(String.join(", ", cluster.get().state())),
                  first.prefixes()));
    }
  }

  private static String text(LearnedPrefix learned) {
    return "%s, %s confidence, since %s"
        .formatted(
            learned.source(),
            learned.confidence().name().toLowerCase(Locale.ROOT),
            learned.since().truncatedTo(ChronoUnit.SECONDS));
  }

  private static List<InetAddress> nameServers(Attachment to) {
    return to.resolvConf().nameServers();
  }

  private Set<InetAddress> ways(Attachment to) {
    Set<InetAddress> ways = new HashSet<>(view.apiServer());
    ways.addAll(ladder.outside(to.at()));
    return ways;
  }

  /** From now on the device's routes follow. */
  synchronized void keep(TunnelInterface which) {
    device = which;
    changed = true; // something may have been learned since the first plan
    thread = Thread.ofPlatform().name("routes").daemon().start(this::run);
  }

  /** The server is another one, or the pod is. */
  synchronized void attached(Attachment to) {
    attachment = to;
    changed();
  }

  /** The server says what it knows of the cluster; only what may be a cluster's own counts. */
  void learned(ControlMessage.Facts what) {
    Instant now = Instant.now();
    facts =
        what.prefixes().stream()
            .filter(p -> Admission.isPrivate(p.network()))
            .map(p -> new LearnedPrefix(p, "server-cluster's own network", Confidence.HIGH, now))
            .toList();
    changed();
  }

  @Override
  public synchronized void changed() {
    changed = true;
    notifyAll();
  }

  @Override
  public void event(String what) {
    progress.event(what);
  }

  private void run() {
    try {
      while (awaitChange()) {
        Thread.sleep(CALM);
        follow();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean awaitChange() throws InterruptedException {
    while (!changed && !closing) {
      wait();
    }
    changed = false;
    return !closing;
  }

  private void follow() {
    Attachment to;
    TunnelInterface onto;
    synchronized (this) {
      to = attachment;
      onto = device;
    }
    if (to == null || onto == null) {
      return;
    }
    try {
      HostNetwork host = HostNetwork.read(OptionalInt.of(onto.index()), ways(to));
      if (network != null && !host.equals(network)) {
        cluster.ifPresent(ClusterPrefixes::networkChanged);
      }
      network = host;
      RoutePlan next = choose(to, host, look(to, plan.needsHosts()), progress::event);
      if (next.needsHosts() && !plan.needsHosts()) {
        next = choose(to, host, look(to, true), progress::event);
      }
      plan = next;
      onto.route(next.prefixes());
    } catch (IOException e) {
      String what = "routes cannot follow the cluster: " + e.getMessage();
      if (told.add(what)) {
        progress.event(what);
      }
    }
  }

  private ClusterView look(Attachment to, boolean hosts) {
    cluster.ifPresent(c -> view = c.view(to.addresses().addresses(), nameServers(to), hosts));
    return view;
  }

  /** What is routed and why, what is not and why, and how the API server answers. */
  List<Fact> facts() {
    RoutePlan now = plan;
    List<Fact> said = new ArrayList<>();
    List<String> routes = new ArrayList<>();
    int single = 0;
    for (Map.Entry<Prefix, String> route : now.routes().entrySet()) {
      boolean host = route.getValue().equals(RoutePlan.HOST);
      single += host ? 1 : 0;
      if (!host || single <= MOST_SHOWN) {
        routes.add("%s (%s)".formatted(route.getKey(), route.getValue()));
      }
    }
    said.add(Fact.list("routes", routes));
    said.add(Fact.number("hostRoutes", single));
    said.add(Fact.list("learnedPrefixes", learnedNow().stream().map(RouteKeeper::line).toList()));
    List<String> skipped = new ArrayList<>(view.skipped().stream().map(String::valueOf).toList());
    skipped.addAll(now.skipped());
    said.add(Fact.list("skipped", skipped.stream().limit(MOST_SHOWN).toList()));
    said.add(Fact.number("skippedCount", skipped.size()));
    cluster.ifPresent(c -> {
      said.add(Fact.list("clusterAnswers", c.state()));
      c.trouble().ifPresent(why -> said.add(Fact.text("clusterTrouble", why)));
    });
    return said;
  }

  private List<LearnedPrefix> learnedNow() {
    List<LearnedPrefix> learned = new ArrayList<>(view.prefixes());
    learned.addAll(facts);
    return learned;
  }

  private static String line(LearnedPrefix learned) {
    return "%s (%s)".formatted(learned.prefix(), text(learned));
  }

  @Override
  public void close() throws IOException {
    Thread last;
    synchronized (this) {
      closing = true;
      notifyAll();
      last = thread;
    }
    cluster.ifPresent(ClusterPrefixes::close);
    if (last != null) {
      try {
        last.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
