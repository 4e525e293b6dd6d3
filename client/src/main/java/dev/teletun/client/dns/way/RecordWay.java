package dev.teletun.client.dns.way;

import dev.teletun.client.dns.registry.NameRegistry;
import dev.teletun.client.dns.registry.NetworkManager;
import dev.teletun.client.dns.registry.ResolverLines;
import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.client.host.trace.RegistryRecord;
import dev.teletun.client.host.trace.RegistryRecord.Program;
import dev.teletun.client.host.trace.Traces;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.lifecycle.Recurring;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A record with the program that writes this host's resolv.conf: it names ports of the stub as the
 * only servers, each for one that everybody else's records name. It needs the guardian.
 *
 * <p>Everybody else's records are followed. If others take ours away, or write the file past the
 * program, it is put there again; unless they keep doing so: then theirs stands.
 */
final class RecordWay implements NameWay {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int TRIES = 20;
  private static final long PAUSE_MILLIS = 250;

  private final NameRegistry registry;
  private final String device;
  private final Traces traces;
  private final RegistryRecord record;
  private final NameStub stub;
  private final LoopbackStubs ports;
  private final Effect effect;
  private final Consumer<String> events;
  private final CompletableFuture<Void> ended;
  private final AtomicBoolean closed = new AtomicBoolean();
  private ResolverLines others = ResolverLines.parse("");
  private List<InetAddress> stubs = List.of();
  private String seen = "";
  private final Disputes disputes = new Disputes();
  private boolean givenUp;
  private @Nullable Recurring checks;
  private volatile String state = "";

  private RecordWay(
      DnsPlan plan,
      String device,
      NameRegistry registry,
      Traces traces,
      NameStub stub,
      Consumer<String> events) {
    this.events = events;
    this.registry = registry;
    this.device = device;
    this.traces = traces;
    this.record = new RegistryRecord(program(registry), device);
    this.stub = stub;
    this.ports = new LoopbackStubs(stub, plan.mark());
    this.effect = new Effect(plan.resolvConf(), stub::queries);
    this.ended = stub.ended(this);
  }

  private static Program program(NameRegistry registry) {
    return registry instanceof NetworkManager ? Program.NETWORKMANAGER : Program.RESOLVCONF;
  }

  /**
   * Begins to answer.
   *
   * @param device name of the client's, which the record bears
   * @param listener is asked on a thread of the stub's
   * @param events hears, on any thread, what the user is to know
   * @throws IOException if the program refuses, if a port is taken, or if this host asks others
   *     nevertheless; then no record is left
   */
  static RecordWay start(
      DnsPlan plan,
      String device,
      NameRegistry registry,
      Traces traces,
      AddressListener listener,
      Consumer<String> events)
      throws IOException {
    NameStub stub = NameStub.start(plan.cluster(), plan.own(), listener);
    RecordWay way = new RecordWay(plan, device, registry, traces, stub, events);
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(way);
      way.begin();
      stub.loop().every(TICK, way.ports::expire);
      onFailure.handOver();
      return way;
    }
  }

  private void begin() throws IOException {
    follow(registry.others(device));
    traces.intend(record);
    put();
    for (int i = 1; !effect.reaches(stubs); i++) {
      if (i == TRIES) {
        throw new IOException(
            "%s took the record, but %s, so that the stub is not asked"
                .formatted(registry.name(), effect.named()));
      }
      pause();
    }
    seen = registry.fingerprint();
    checks = Recurring.start("dns-record", TICK, this::check);
  }

  /** Each server has its port of the stub; none has it where no server is named. */
  private void follow(ResolverLines now) throws IOException {
    List<InetAddress> open = new ArrayList<>();
    List<InetAddress> servers = NameServers.orThisHost(now.servers());
    stub.loop().call(() -> open.addAll(ports.follow(servers)));
    stubs = List.copyOf(open);
    others = now;
    state =
        "%s has a record for %s; other names go to %s"
            .formatted(registry.name(), device, Addresses.text(servers));
  }

  private void put() throws IOException {
    registry.put(device, stubs, others);
  }

  private void check() {
    if (givenUp) {
      return;
    }
    try {
      String now = registry.fingerprint();
      if (!now.equals(seen)) {
        followOthers();
      }
      if (!effect.reaches(stubs)) {
        changed();
      }
      seen = registry.fingerprint();
    } catch (IOException e) { // a port is taken, or the program is busy: next time
      state = "still as before, because " + e.getMessage();
    }
  }

  private void followOthers() throws IOException {
    ResolverLines now = registry.others(device);
    if (!now.equals(others)) {
      follow(now);
      put();
    }
  }

  private void changed() throws IOException {
    if (disputes.isWorthwhile(System.nanoTime())) {
      put();
      return;
    }
    traces.undo(record);
    givenUp = true;
    state =
        "another program keeps undoing the record with %s: left to it, so the cluster's names do not resolve. Say -dns=intercept, which needs none"
            .formatted(registry.name());
    events.accept(state);
  }

  @Override
  public void follow(ClusterNames names) {
    stub.loop().execute(() -> stub.follow(names));
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

  @Override
  public String report() {
    return String.join("\n", state, stub.counted());
  }

  /** First the record, so that nobody asks the stub any more. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      if (checks != null) {
        checks.close();
      }
      try (stub) {
        try {
          traces.undo(record);
        } finally {
          stub.loop().call(this::stop);
        }
      }
    }
  }

  private void stop() throws IOException {
    stub.abandon();
    ports.close();
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
