package dev.teletun.client.connect;

import dev.teletun.client.cluster.prefix.ClusterPrefixes;
import dev.teletun.client.cluster.prefix.ClusterView;
import dev.teletun.client.cluster.prefix.Confidence;
import dev.teletun.client.cluster.prefix.LearnedPrefix;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.host.device.OtherClients;
import dev.teletun.client.host.route.Admission;
import dev.teletun.client.host.route.HostNeeds;
import dev.teletun.client.host.route.HostNetwork;
import dev.teletun.client.host.route.Role;
import dev.teletun.client.host.route.RouteMode;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.client.host.route.RouteWish;
import dev.teletun.linux.route.Route;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.message.ControlMessage;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is routed into the tunnel, by what user, cluster and server say and what this host's
 * own network is.
 *
 * <p>One thread at a time asks for plans; everything else may be called on any.
 */
final class RouteChooser implements Closeable {
  /** What the API server may delay connecting by. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int MOST_SHOWN = 50;

  private final RouteChoice choice;
  private final Ladder ladder;
  private final Progress progress;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final Optional<ClusterPrefixes> cluster;
  private final SeenAddresses seen = new SeenAddresses(Clock.systemUTC());
  private final HostNeeds needs = new HostNeeds();
  private volatile ClusterView view = ClusterView.NONE;
  private volatile RoutePlan plan = RoutePlan.NOTHING;
  private volatile List<LearnedPrefix> facts = List.of();
  private Set<Prefix> before = Set.of();
  private @Nullable HostNetwork network;

  /** Begins to ask the cluster, if the user names one; {@code changes} hears when it says more. */
  RouteChooser(
      ClientOptions options, Ladder ladder, Progress progress, ClusterPrefixes.Listener changes) {
    this.ladder = ladder;
    this.choice = options.host().routes();
    this.progress = progress;
    this.cluster =
        asksCluster(options)
            ? Optional.of(ClusterPrefixes.begin(options.cluster(), changes))
            : Optional.empty();
  }

  /** A kubeconfig that merely happens to be there may be of another cluster than the address. */
  private static boolean asksCluster(ClientOptions options) {
    return options.host().routes().mode() != RouteMode.NONE
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
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean hosts = choice.mode() == RouteMode.HOSTS;
    ClusterView known = ask(to, hosts, deadline);
    HostNetwork host = HostNetwork.read(OptionalInt.empty(), needs, ways(to));
    before = host.destinations();
    refuseToBecome(to, host);
    RoutePlan first = choose(to, host, known, progress::warn);
    if (first.needsHosts() && !hosts && cluster.isPresent()) {
      first = choose(to, host, ask(to, true, deadline), progress::warn);
    }
    refuseOthers(first);
    warnIfGuessed(first);
    plan = first;
    return first;
  }

  private void refuseOthers(RoutePlan first) throws IOException {
    Set<Prefix> wanted = new LinkedHashSet<>(first.prefixes());
    if (choice.mode() != RouteMode.NONE) {
      view.prefixes().forEach(learned -> wanted.add(learned.prefix()));
    }
    OtherClients.refuseTheirs(wanted, choice.excluded());
  }

  private static void refuseToBecome(Attachment to, HostNetwork host) throws IOException {
    Optional<InetAddress> refused = RoutePlan.notToBeTaken(to.addresses().addresses(), host);
    if (refused.isPresent()) {
      throw new IOException(
          "the server says that this host is to be %s, which is a gateway, name server, DHCP server, ssh login or neighbour of this host, or the server itself: nothing was changed. Is it the right server?"
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
    seen.leaveTo(known.hosts());
    hosts.addAll(seen.now());
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
      once(warning, tell);
    }
    return chosen;
  }

  private void warnIfGuessed(RoutePlan first) {
    boolean guessed = view.prefixes().stream().allMatch(p -> p.confidence() == Confidence.LOW);
    if (cluster.isPresent() && guessed && choice.asked().isEmpty()) {
      progress.warn(
          "the cluster does not say which prefixes it has (%s): routed for now are %s, and what the cluster's DNS answers with is added as it is asked. Say -route=PREFIX for what is missing"
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

  private Map<InetAddress, Role> ways(Attachment to) {
    Map<InetAddress, Role> ways = new HashMap<>();
    ladder.outside(to.at()).forEach(address -> ways.put(address, Role.SERVER));
    view.apiServer().forEach(address -> ways.putIfAbsent(address, Role.API_SERVER));
    return ways;
  }

  /** Says it unless it was said before. */
  void once(String what, Consumer<String> tell) {
    if (told.add(what)) {
      tell.accept(what);
    }
  }

  /**
   * What to route from now on.
   *
   * @param device index of the tunnel's, whose routes are not this host's own
   */
  RoutePlan next(Attachment to, int device) throws IOException {
    HostNetwork host = HostNetwork.read(OptionalInt.of(device), needs, ways(to));
    if (network != null && !host.equals(network)) {
      cluster.ifPresent(ClusterPrefixes::networkChanged);
    }
    network = host;
    host = host.without(intruders(host));
    RoutePlan next = choose(to, host, look(to, plan.needsHosts()), progress::event);
    if (next.needsHosts() && !plan.needsHosts()) {
      next = choose(to, host, look(to, true), progress::event);
    }
    plan = next;
    return next;
  }

  /** True if this host needs other addresses by now than {@link #next} saw, which nobody tells. */
  boolean isOutdated() throws IOException {
    return network != null && network.isOutdated(needs);
  }

  /** Routes that would take a part of the cluster away, as a hostile DHCP server does. */
  private List<Route> intruders(HostNetwork host) {
    List<Route> intruders =
        host.addedInside(before, plan.prefixes().stream().filter(p -> !p.isHost()).toList());
    for (Route route : intruders) {
      once(
          "somebody has routed %s, a part of the cluster, elsewhere (ip route show %s): packets there are rejected, as they would leave the tunnel. If it is meant to be so, say -exclude=%s"
              .formatted(route.destination(), route.destination(), route.destination()),
          progress::event);
    }
    return intruders;
  }

  private ClusterView look(Attachment to, boolean hosts) {
    cluster.ifPresent(c -> view = c.view(to.addresses().addresses(), nameServers(to), hosts));
    return view;
  }

  /** The server says what it knows of the cluster; only what may be a cluster's own counts. */
  void learned(ControlMessage.Facts what) {
    Instant now = Instant.now();
    facts =
        what.prefixes().stream()
            .filter(p -> Admission.isPrivate(p.network()))
            .map(p -> new LearnedPrefix(p, "server-cluster's own network", Confidence.HIGH, now))
            .toList();
  }

  /** The cluster's DNS answers with these; true if one is new and not {@code routed}. */
  boolean saw(Set<InetAddress> addresses, RoutePlan routed) {
    boolean fresh = false;
    if (choice.mode() != RouteMode.NONE) {
      for (InetAddress address : addresses) {
        fresh |= Admission.isPrivate(address) && !routed.covers(address) && seen.add(address);
      }
    }
    return fresh;
  }

  /** The cluster's names, as far as they are known now. */
  ClusterNames names(Attachment to) {
    return to.names(plan, view.namespaces());
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
    said.add(
        Fact.list(
            "learnedPrefixes",
            learnedNow().stream().limit(MOST_SHOWN).map(RouteChooser::line).toList()));
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
    learned.addAll(seen.learned());
    return learned;
  }

  private static String line(LearnedPrefix learned) {
    return "%s (%s)".formatted(learned.prefix(), text(learned));
  }

  /** Asks the cluster no more. */
  @Override
  public void close() {
    cluster.ifPresent(ClusterPrefixes::close);
  }
}
