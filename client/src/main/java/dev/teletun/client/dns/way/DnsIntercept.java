package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The host's names while connected: sends its queries to a stub of ours, and follows resolv.conf
 * without touching it. Nothing outlives the process where the kernel knows owner tables (Linux ≥
 * 5.12), but for flows that {@link #forgetStaleFlows} removes.
 *
 * <p>Runs in the network namespace of the thread that starts it, on a thread of its own.
 */
public final class DnsIntercept implements NameWay {
  private static final Duration TICK = Duration.ofMillis(500);

  final NameStub stub;
  private final NameServers nameServers;
  private final Redirects redirects;
  private final InterceptTable table;
  private final CompletableFuture<Void> ended;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile List<String> state = List.of();
  private ClusterNames cluster;
  private Set<InetAddress> hostServers = Set.of();
  private boolean stale;

  private DnsIntercept(NameStub stub, DnsPlan plan, InterceptTable table) {
    this.stub = stub;
    this.table = table;
    this.nameServers = new NameServers(plan.resolvConf());
    this.cluster = plan.cluster();
    this.redirects = new Redirects(stub, plan, table);
    this.ended = stub.ended(this);
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
      NameStub stub = onFailure.own(NameStub.start(plan.cluster(), plan.own(), listener));
      InterceptTable table = InterceptTable.open(plan.tableName(), plan.mark());
      DnsIntercept intercept = onFailure.own(new DnsIntercept(stub, plan, table));
      stub.loop().call(intercept::follow);
      stub.loop().every(TICK, intercept::tick);
      onFailure.handOver();
      return intercept;
    }
  }

  @Override
  public void follow(ClusterNames names) {
    stub.loop()
        .execute(() -> {
          if (!names.equals(cluster)) {
            stale |= !names.servers().equals(cluster.servers());
            cluster = names;
            stub.follow(names);
          }
        });
  }

  @Override
  public String summary() {
    return stub.summary();
  }

  @Override
  public void register(Counters to) {
    stub.register(to);
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** What is redirected and what came of it, for people; several lines. Any thread. */
  @Override
  public String report() {
    List<String> lines = new ArrayList<>();
    lines.add("names under %s go to the cluster".formatted(stub.clusterDomains()));
    if (!table.isOwned()) {
      lines.add("this kernel has no owner tables: after a kill -9 run teletun cleanup");
    }
    lines.addAll(state);
    lines.add(stub.counted());
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
      try (stub) {
        stub.loop().call(this::stop);
      }
    }
  }

  private void stop() throws IOException {
    try (redirects) {
      stub.abandon();
    }
  }

  private void tick() {
    redirects.expire();
    try {
      follow();
    } catch (IOException e) { // the file is being replaced, or nft is busy: next time
      state = List.of("still as before, because " + e.getMessage());
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
}
