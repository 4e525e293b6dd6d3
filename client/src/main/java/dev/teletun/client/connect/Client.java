package dev.teletun.client.connect;

import dev.teletun.client.cluster.pair.Holder;
import dev.teletun.client.cluster.pair.LeaseKeeper;
import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.PodName;
import dev.teletun.client.dns.ResolverCheck;
import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.dns.way.HostNames;
import dev.teletun.client.dns.way.NameWay;
import dev.teletun.client.host.cleanup.Cleanup;
import dev.teletun.client.host.device.TunnelInterface;
import dev.teletun.client.host.filter.SharedInterfaces;
import dev.teletun.client.host.route.HostNameServers;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.client.host.state.Achieved;
import dev.teletun.client.host.state.HostState;
import dev.teletun.client.host.state.HostTerms;
import dev.teletun.client.host.state.Place;
import dev.teletun.client.host.state.TakenHost;
import dev.teletun.client.host.trace.StateDirectory;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.capability.Capabilities;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Report;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.settings.Problems;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A connected client: this host is the pod.
 *
 * <pre>
 *   options ──► endpoint ──► control ──► data ──► round trip ──► device ──► routes ──► DNS ──► connected
 *   └──────────── the host is untouched ───────────────────┘
 * </pre>
 *
 * Threads: {@code session} (the event loop: UDP, associations, TUN), {@code control} (reads from
 * the control connection, and dials it again), {@code dns} (the stub).
 */
public final class Client implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Path RESOLV_CONF = Place.HERE.resolvConf();

  private final CloseStack resources;
  private final TunnelInterface device;
  private final Progress progress;
  private final CompletableFuture<Void> ended;
  private final Connected connected;
  private final Explanation explanation;

  private Client(
      CloseStack resources,
      TunnelInterface device,
      Progress progress,
      CompletableFuture<Void> ended,
      Connected connected,
      Explanation explanation) {
    this.resources = resources;
    this.device = device;
    this.progress = progress;
    this.ended = ended;
    this.connected = connected;
    this.explanation = explanation;
  }

  /**
   * Connects; returns once names and packets reach the cluster.
   *
   * @throws InvalidSettingsException with every problem of the options
   * @throws MissingPrivilegeException without CAP_NET_ADMIN, before anybody is dialled
   * @throws IOException with what failed; the host is as it was then
   */
  public static Client open(ClientOptions options, Progress progress)
      throws IOException, InvalidSettingsException {
    return open(options, leaseOf(options, progress), progress);
  }

  private static Optional<LeaseKeeper> leaseOf(ClientOptions options, Progress progress) {
    return options
        .pod()
        .map(PodName::parse)
        .map(pod ->
            LeaseKeeper.ofPod(
                options.cluster(),
                pod.namespace(),
                pod.name(),
                Holder.ofThisProcess(Identification.text()),
                progress::event));
  }

  /**
   * The same.
   *
   * @param lease says that this client holds the pair; this closes it, also on failure
   */
  static Client open(ClientOptions options, Optional<LeaseKeeper> lease, Progress progress)
      throws IOException, InvalidSettingsException {
    Problems problems = new Problems();
    SharedInterfaces.problems(options.host().boundary().shared()).forEach(problems::add);
    Optional<Identity> own =
        problems.check(() -> Identity.load(options.clientPrivateKey(), options.clientPublicKey()));
    Optional<Pin> pin = problems.check(() -> Pin.load(options.serverPublicKey()));
    if (options.pod().isEmpty() && options.address().isEmpty()) {
      problems.add("neither -pod nor -address is given: name server-external's pod or its address");
    }
    problems.throwIfAny();
    if (!Capabilities.effective(Capabilities.CAP_NET_ADMIN)) {
      throw new MissingPrivilegeException();
    }
    try (CloseStack onFailure = new CloseStack()) {
      lease.ifPresent(onFailure::own); // given back last
      Client client =
          connect(options, own.orElseThrow(), pin.orElseThrow(), lease, progress, onFailure);
      return client;
    }
  }

  private static Client connect(
      ClientOptions options,
      Identity own,
      Pin pin,
      Optional<LeaseKeeper> lease,
      Progress progress,
      CloseStack onFailure)
      throws IOException, InvalidSettingsException {
    progress.step("finding server-external");
    Ladder ladder = new Ladder(options, own, pin);
    RouteKeeper keeper = onFailure.own(RouteKeeper.begin(options, ladder, progress));
    List<Candidate> candidates = ladder.find();
    for (Candidate each : candidates) {
      refuseLoops(options.host().routes().asked(), each.address());
    }
    progress.step("control connection to %s".formatted(shown(candidates)));
    Control control = onFailure.own(Control.open(ladder, options.takeover()));
    Attachment attachment = control.attachment();
    List<InetAddress> pod = attachment.addresses().addresses();
    progress.done("this host is to be %s".formatted(Addresses.text(pod)));

    progress.step(data(attachment.at()));
    DataChannel data =
        onFailure.own(
            DataChannel.open(
                attachment,
                own,
                pin,
                filter(attachment),
                options.lifetime(),
                PATIENCE,
                progress::event));
    progress.done("the server's key is the right one");
    RoundTrip roundTrip =
        new RoundTrip(
            data.loop(),
            data.end(),
            attachment.addresses(),
            attachment.resolvConf().nameServers(),
            data.tunMtu());
    if (options.check()) {
      progress.step("first round trip through the tunnel");
      roundTrip.await();
      progress.done("the cluster answers");
    } else {
      roundTrip.sendFirst();
    }
    data.measure();
    if (data.fragmentsOutside()) {
      progress.warn(
          "the path to the server carries less than IPv6 needs inside: outer datagrams are fragmented");
    }
    return takeOver(options, ladder, control, data, keeper, lease, progress, onFailure);
  }

  private static String shown(List<Candidate> candidates) {
    return candidates.size() == 1
        ? Addresses.text(candidates.getFirst().tcp())
        : "%d places where the server may answer".formatted(candidates.size());
  }

  private static String data(Candidate server) {
    return server
        .udp()
        .map(udp -> "data association with %s over UDP".formatted(Addresses.text(udp)))
        .orElse("a second connection there, for packets");
  }

  static InnerFilter filter(Attachment to) {
    return new InnerFilter(to.addresses().addresses(), Set.copyOf(to.resolvConf().nameServers()));
  }

  private static void refuseLoops(List<Prefix> routes, InetAddress endpoint)
      throws InvalidSettingsException {
    Problems problems = new Problems();
    for (Prefix prefix : RoutePlan.looping(routes, endpoint)) {
      problems.add(
          "-route=%s contains server-external's own address %s, so the tunnel would run through itself: give longer prefixes"
              .formatted(prefix, Addresses.text(endpoint)));
    }
    problems.throwIfAny();
  }

  /** From here on the host changes. */
  private static Client takeOver(
      ClientOptions options,
      Ladder ladder,
      Control control,
      DataChannel data,
      RouteKeeper keeper,
      Optional<LeaseKeeper> lease,
      Progress progress,
      CloseStack onFailure)
      throws IOException {
    Attachment attachment = control.attachment();
    List<InetAddress> pod = attachment.addresses().addresses();
    ResolvConf resolvConf = attachment.resolvConf();
    RoutePlan routes = keeper.first(attachment);
    HostState wanted =
        new HostState(
            pod,
            data.tunMtu(),
            routes,
            options.host().dns() == DnsMode.OFF
                ? Optional.empty()
                : Optional.of(keeper.names(attachment)));
    TakenHost host =
        onFailure.own(
            new TakenHost(
                terms(options), keeper, progress::event, announcement(options, progress)));
    if (options.host().plan() == Planning.ONLY) {
      host.plan(wanted).forEach(progress::done);
      throw new PlannedOnlyException();
    }
    repair(options.host().boundary().failClosed(), progress);
    progress.step("device, address, routes, DNS");
    Achieved achieved = host.apply(wanted);
    achieved.lacks().forEach(progress::warn);
    TunnelInterface device = host.device();
    data.loop().call(() -> data.end().attach(device.port()));
    onFailure.own(() -> data.loop().call(data.end()::detach));
    progress.done("%s is up".formatted(device.name()));

    Counters counters = new Counters();
    CompletableFuture<Void> dnsEnded = new CompletableFuture<>();
    Optional<HostNames> names = host.names();
    if (names.isPresent()) {
      NameWay way = names.get().way();
      way.register(counters);
      dnsEnded = way.ended();
      progress.done("DNS: " + names.get().explanation());
      progress.done(way.summary());
      ResolverCheck.run(RESOLV_CONF, resolvConf.clusterDomain().orElse("cluster.local"))
          .ifPresent(progress::warn);
    }
    Stay stay = new Stay(data, host, ladder, keeper, attachment, progress);
    keeper.keep(host);
    onFailure.own(keeper); // ends before the host is given back
    control.keep(stay);
    data.onDoubt(control::doubt);
    onFailure.own(
        NetworkChanges.watch(
            data.loop(),
            data::followOnLoop,
            () -> {
              data.networkChangedOnLoop();
              control.networkChanged();
              keeper.changed();
            }));
    CompletableFuture<Void> ended =
        CompletableFuture.anyOf(control.ended(), data.ended(), dnsEnded).thenApply(_ -> null);
    Connected connected =
        new Connected(
            device.name(),
            pod,
            data.tunMtu(),
            List.copyOf(routes.prefixes()),
            names.map(n -> n.way().summary()),
            names.map(HostNames::explanation),
            attachment.at());
    FilterWatch watch =
        onFailure.own(FilterWatch.begin(device, options.host().boundary(), progress));
    lease.ifPresent(LeaseKeeper::begin);
    Explanation explanation =
        new Explanation(counters, data, stay, keeper, lease, watch, connected);
    device.keepFence(false);
    return new Client(onFailure.handOver(), device, progress, ended, connected, explanation);
  }

  /** What a killed client left does not keep this one from working. */
  private static void repair(boolean keepFence, Progress progress) {
    try {
      Cleanup.run(keepFence, progress::done);
    } catch (IOException e) {
      progress.warn("what a killed client may have left stays: " + e.getMessage());
    }
  }

  private static HostTerms terms(ClientOptions options) throws IOException {
    Set<String> own = new HashSet<>(HostNameServers.searchDomains());
    options.address().ifPresent(own::add);
    return new HostTerms(
        Place.HERE,
        options.host().boundary(),
        options.host().dns(),
        own,
        options.host().strictRoutes(),
        StateDirectory.STANDARD);
  }

  private static Consumer<String> announcement(ClientOptions options, Progress progress) {
    return options.host().plan() == Planning.SAID ? progress::event : _ -> {};
  }

  /** Completes when the connection ends by itself, exceptionally with why. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** What is in force, in one line for people. */
  public String summary() {
    return connected.summary();
  }

  /** What is in force. */
  public Connected connected() {
    return connected;
  }

  /** How it stands, with all counters. Any thread. */
  public Report report() throws IOException {
    return explanation.report();
  }

  /**
   * Takes everything down: DNS, device and its routes, association, control connection. Where the
   * connection has ended by itself, what {@code -fail-closed} keeps from leaking stays kept.
   */
  @Override
  public void close() throws IOException {
    device.keepFence(ended.isCompletedExceptionally());
    if (device.leavesFence()) {
      progress.warn(
          "-fail-closed: packets for the cluster go nowhere until the next connection, or sudo teletun cleanup");
    }
    resources.close();
  }
}
