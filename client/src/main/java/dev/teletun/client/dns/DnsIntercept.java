package dev.teletun.client.dns;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The host's names while connected: sends its queries to a stub of ours, and follows resolv.conf
 * without touching it. Nothing outlives the process where the kernel knows owner tables (Linux ≥
 * 5.12), but for flows that {@link #forgetStaleFlows} removes.
 *
 * <p>Runs in the network namespace of the thread that starts it, on a thread of its own.
 */
public final class DnsIntercept implements Closeable {
  private static final Duration TICK = Duration.ofMillis(250);
  private static final int SCRATCH_BYTES = 65_536;

  final EventLoop loop;
  private final NameServers nameServers;
  private final Upstreams upstreams;
  private final Redirects redirects;
  private final InterceptTable table;
  private final Relay relay;
  private final Set<String> own;
  private final DnsCounts counts;
  private final CompletableFuture<Void> ended;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile List<String> state = List.of();
  private volatile NameRoutes routes;
  private ClusterNames cluster;
  private Set<InetAddress> hostServers = Set.of();
  private boolean stale;
  private int ticks;

  private DnsIntercept(
      EventLoop loop,
      DnsPlan plan,
      AddressListener listener,
      InterceptTable table,
      DnsCounts counts) {
    ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    this.loop = loop;
    this.table = table;
    this.counts = counts;
    this.nameServers = new NameServers(plan.resolvConf());
    this.upstreams = new Upstreams(loop, scratch, counts);
    this.own = plan.own();
    this.cluster = plan.cluster();
    this.routes = new NameRoutes(cluster, own);
    AddressListener onLoop =
        (addresses, tell) -> listener.answered(addresses, () -> tellOnLoop(tell));
    this.relay = new Relay(routes, cluster.servers(), upstreams, counts, onLoop);
    this.redirects = new Redirects(loop, scratch, relay, plan, table);
    this.ended = loop.ended().whenComplete((_, failure) -> loopEnded(failure));
  }

  /**
   * Begins to answer the host's queries.
   *
   * @param listener is asked on a thread of the stub's
   * @throws IOException if resolv.conf cannot be read, or the kernel refuses the table or a port;
   *     then nothing is left behind
   */
  public static DnsIntercept start(DnsPlan plan, AddressListener listener) throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      EventLoop loop = onFailure.own(EventLoop.start("dns-stub"));
      InterceptTable table = InterceptTable.open(plan.tableName());
      DnsIntercept intercept = new DnsIntercept(loop, plan, listener, table, new DnsCounts());
      onFailure.own(intercept);
      loop.call(intercept::follow);
      loop.every(TICK, intercept::tick);
      onFailure.handOver();
      return intercept;
    }
  }

  private void tellOnLoop(Runnable tell) {
    if (loop.inLoop()) {
      tell.run();
    } else {
      loop.execute(tell);
    }
  }

  /** Something else is known of the cluster's names now. Any thread; returns at once. */
  public void follow(ClusterNames names) {
    loop.execute(() -> {
      if (!names.equals(cluster)) {
        stale |= !names.servers().equals(cluster.servers());
        cluster = names;
        routes = new NameRoutes(names, own);
        relay.follow(routes, names.servers());
      }
    });
  }

  /** Which names the cluster answers, for people. */
  public String summary() {
    Set<String> zones = new TreeSet<>(routes.clusterDomains());
    return (zones.isEmpty() ? "short names" : String.join(", ", zones))
        + " by the cluster, other names as before";
  }

  /** Makes its counters readable, on any thread. */
  public void register(Counters to) {
    to.family("teletun_dns", "What became of this host's DNS queries.", "event", counts::read);
  }

  /** Completes when the stub has ended: exceptionally, with the table gone, if it failed. */
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** What is redirected and what came of it, for people; several lines. Any thread. */
  public String report() {
    List<String> lines = new ArrayList<>();
    lines.add("names under %s go to the cluster".formatted(routes.clusterDomains()));
    if (!table.isOwned()) {
      lines.add("this kernel has no owner tables: after a kill -9 run teletun cleanup");
    }
    lines.addAll(state);
    lines.add(counts.toString());
    return String.join("\n", lines);
  }

  /**
   * Makes the kernel forget flows that a killed process had redirected to its stub; those of living
   * ones stay.
   *
   * @return how many
   */
  public static int forgetStaleFlows() throws IOException {
    return DnsFlows.forget(DnsFlows.stale());
  }

  /** Lets queries go where they went before. Any thread, any number of times. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try (loop) {
        loop.call(this::stop);
      }
    }
  }

  private void stop() throws IOException {
    try (redirects) {
      upstreams.close();
    }
  }

  private void tick() {
    upstreams.expire();
    redirects.expire();
    if (++ticks % 2 == 0) {
      try {
        follow();
      } catch (IOException e) { // the file is being replaced, or nft is busy: next time
        state = List.of("still as before, because " + e.getMessage());
      }
    }
  }

  private void follow() throws IOException {
    Optional<Set<InetAddress>> changed = nameServers.changed();
    if (changed.isPresent()) {
      hostServers = changed.get();
      stale = true;
    }
    if (stale) { // until it has worked
      redirects.follow(hostServers, cluster.servers());
      stale = false;
      state = redirects.report();
    }
  }

  /** Without a stub behind it the table would take the host's names away. */
  private void loopEnded(@Nullable Throwable failure) {
    if (failure != null) {
      try {
        close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
