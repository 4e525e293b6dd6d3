package dev.teletun.client.dns.stub;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Answers queries on as many ports as asked for: cluster names by the cluster, others by the server
 * that the port stands for.
 *
 * <p>Runs in the network namespace of the thread that starts it, on a thread of its own.
 */
public final class NameStub implements Closeable {
  private static final Duration TICK = Duration.ofMillis(250);
  private static final int SCRATCH_BYTES = 65_536;

  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
  private final EventLoop loop;
  private final Set<String> own;
  private final DnsCounts counts = new DnsCounts();
  private final Upstreams upstreams;
  private final Relay relay;
  private volatile NameRoutes routes;

  private NameStub(
      EventLoop loop, ClusterNames cluster, Set<String> own, AddressListener listener) {
    this.loop = loop;
    this.own = Set.copyOf(own);
    this.upstreams = new Upstreams(loop, scratch, counts);
    this.routes = new NameRoutes(cluster, own);
    AddressListener onLoop =
        (addresses, tell) -> listener.answered(addresses, () -> tellOnLoop(tell));
    this.relay = new Relay(routes, cluster.servers(), upstreams, counts, onLoop);
  }

  /**
   * Starts it, still without a port.
   *
   * @param own names that this host needs: no server can claim them
   * @param listener is asked on the stub's thread
   */
  public static NameStub start(ClusterNames cluster, Set<String> own, AddressListener listener)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      EventLoop loop = onFailure.own(EventLoop.start("dns-stub"));
      NameStub stub = new NameStub(loop, cluster, own, listener);
      loop.every(TICK, stub.upstreams::expire);
      onFailure.handOver();
      return stub;
    }
  }

  private void tellOnLoop(Runnable tell) {
    if (loop.inLoop()) {
      tell.run();
    } else {
      loop.execute(tell);
    }
  }

  /** Its thread, for the timers of whoever brings queries here; ends with the stub. */
  public EventLoop loop() {
    return loop;
  }

  /**
   * Opens a port, which the caller closes. Loop thread only.
   *
   * @param original whom the queries that come there are meant for
   * @param fwmark mark of the sockets to it, 0 for none
   * @param at address of this host, and a port or 0 for any
   */
  public StubServer serve(InetSocketAddress original, int fwmark, InetSocketAddress at)
      throws IOException {
    return StubServer.open(loop, scratch, relay, new Server(original, fwmark), at);
  }

  /**
   * The same for containers and VMs of this host.
   *
   * @param clients whose queries are answered
   */
  public StubServer serveOthers(
      InetSocketAddress original, int fwmark, InetSocketAddress at, Prefix clients)
      throws IOException {
    StubServer server = serve(original, fwmark, at);
    server.alsoFor(clients);
    return server;
  }

  /** Something else is known of the cluster's names now. Loop thread only. */
  public void follow(ClusterNames names) {
    routes = new NameRoutes(names, own);
    relay.follow(routes, names.servers());
  }

  /** Which names the cluster answers, for people. */
  public String summary() {
    Set<String> zones = new TreeSet<>(routes.clusterDomains());
    return (zones.isEmpty() ? "short names" : String.join(", ", zones))
        + " by the cluster, other names as before";
  }

  /** The domains whose names go to the cluster. Any thread. */
  public Set<String> clusterDomains() {
    return routes.clusterDomains();
  }

  /** The labels that end short names, such as {@code shop} in {@code web.shop}. Any thread. */
  public Set<String> lastLabels() {
    return routes.lastLabels();
  }

  /** Makes its counters readable, on any thread. */
  public void register(Counters to) {
    to.family("teletun_dns", "What became of this host's DNS queries.", "event", counts::read);
  }

  /** How many queries came, on all ports. Any thread. */
  public long queries() {
    return counts.queries.sum();
  }

  /** What came of the queries, in one line for people. Any thread. */
  public String counted() {
    return counts.toString();
  }

  /**
   * Completes when the stub has ended; if it failed, after {@code way} was closed: queries that
   * still came here would be lost.
   */
  public CompletableFuture<Void> ended(Closeable way) {
    return loop.ended()
        .whenComplete((_, failure) -> {
          if (failure != null) {
            try {
              way.close();
            } catch (IOException e) {
              failure.addSuppressed(e);
            }
          }
        });
  }

  /** Waits for no answer any more. Loop thread only. */
  public void abandon() {
    upstreams.close();
  }

  /** Ends the thread; ports must be closed before. Any thread. */
  @Override
  public void close() throws IOException {
    try (loop) {
      loop.call(this::abandon);
    }
  }
}
