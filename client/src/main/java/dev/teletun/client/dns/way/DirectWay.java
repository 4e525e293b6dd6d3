package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.client.host.trace.CoveredFile;
import dev.teletun.client.host.trace.OwnResolvConf;
import dev.teletun.client.host.trace.ReplacedFile;
import dev.teletun.client.host.trace.ResolvConfTrace;
import dev.teletun.client.host.trace.Traces;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.lifecycle.Recurring;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The stub's addresses in resolv.conf, in the places of the host's name servers, all else in it as
 * it was. For hosts where nothing better works: it needs the guardian.
 *
 * <p>Others may write the file at any time. What they write is the original from then on, unless
 * they keep doing so: then theirs stands.
 */
final class DirectWay implements NameWay {
  private static final Duration TICK = Duration.ofMillis(500);

  private static final int LARGEST_FILE = 64 * 1024;

  private final DnsPlan plan;
  private final String device;
  private final Traces traces;
  private final Consumer<String> events;
  private final NameStub stub;
  private final LoopbackStubs ports;
  private final CompletableFuture<Void> ended;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Beneath beneath;
  private ResolvConfTrace place;
  private String written = "";
  private final Disputes disputes = new Disputes();
  private boolean givenUp;
  private @Nullable Recurring checks;
  private volatile String state = "";

  private DirectWay(
      DnsPlan plan,
      String device,
      Traces traces,
      NameStub stub,
      Beneath beneath,
      Consumer<String> events) {
    this.events = events;
    this.plan = plan;
    this.device = device;
    this.traces = traces;
    this.stub = stub;
    this.beneath = beneath;
    this.place = new ReplacedFile(plan.resolvConf(), device);
    this.ports = new LoopbackStubs(stub, plan.mark());
    this.ended = stub.ended(this);
  }

  /**
   * Begins to answer.
   *
   * @param device name of the client's, which tells its file from others'
   * @param listener is asked on a thread of the stub's
   * @param events hears, on any thread, what the user is to know
   * @throws IOException if the file can be neither replaced nor covered, or a port is taken; then
   *     all is as before
   */
  static DirectWay start(
      DnsPlan plan, String device, Traces traces, AddressListener listener, Consumer<String> events)
      throws IOException {
    Beneath beneath = Beneath.of(plan.resolvConf());
    NameStub stub = NameStub.start(plan.cluster(), plan.own(), listener);
    DirectWay way = new DirectWay(plan, device, traces, stub, beneath, events);
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(way);
      way.begin();
      stub.loop().every(TICK, way.ports::expire);
      onFailure.handOver();
      return way;
    }
  }

  private void begin() throws IOException {
    String original = text(plan.resolvConf());
    String ours = ours(original);
    traces.intend(place);
    try {
      place.put(ours);
    } catch (IOException cannotReplace) {
      traces.undo(place);
      place = cover(ours, cannotReplace);
    }
    written = ours;
    checks = Recurring.start("dns-file", TICK, this::check);
  }

  private CoveredFile cover(String ours, IOException cannotReplace) throws IOException {
    Path file = plan.resolvConf();
    CoveredFile cover = new CoveredFile(file.toRealPath(), device);
    traces.intend(cover);
    try {
      cover.put(ours);
      return cover;
    } catch (IOException e) {
      traces.undo(cover);
      e.addSuppressed(cannotReplace);
      throw new IOException(
          "-dns=direct cannot work: %s can be neither replaced (%s) nor covered (%s). Leave -dns out, or make it a file that root may replace"
              .formatted(file, cannotReplace.getMessage(), e.getMessage()),
          e);
    }
  }

  /** Another resolv.conf in which ports of the stub stand for the name servers. */
  private String ours(String original) throws IOException {
    List<InetAddress> stubs = new ArrayList<>();
    Collection<InetAddress> servers = NameServers.parse(original);
    stub.loop().call(() -> stubs.addAll(ports.follow(servers)));
    state =
        "%s names %s, which ask %s for other names"
            .formatted(
                plan.resolvConf(), Addresses.text(stubs), Addresses.text(List.copyOf(servers)));
    return OwnResolvConf.text(device, traces.token(), original, stubs, original().toString());
  }

  /** Where the host's own is while ours is there. */
  private Path original() {
    return place instanceof ReplacedFile replaced ? replaced.kept() : beneath.path();
  }

  private void check() {
    if (givenUp) {
      return;
    }
    try {
      if (!place.isThere()) {
        changed();
      } else {
        put(ours(text(original())));
      }
    } catch (IOException e) { // it is being replaced, or a port is taken: next time
      state = "still as before, because " + e.getMessage();
    }
  }

  private void put(String ours) throws IOException {
    if (!ours.equals(written)) {
      place.put(ours);
      written = ours;
    }
  }

  private void changed() throws IOException {
    if (disputes.isWorthwhile(System.nanoTime())) {
      written = "";
      put(ours(text(plan.resolvConf())));
    } else {
      traces.undo(place);
      givenUp = true;
      state =
          "another program keeps writing %s: left to it, so the cluster's names do not resolve. Say -dns=intercept, which needs no file"
              .formatted(plan.resolvConf());
      events.accept(state);
    }
  }

  /** Nothing, if it is not there: then libc asks the server on this host. */
  private static String text(Path file) throws IOException {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new IOException(
            "%s has more than %d bytes, which no resolver expects".formatted(file, LARGEST_FILE));
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return "";
    }
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

  /** First the file, so that nobody asks the stub any more. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      if (checks != null) {
        checks.close();
      }
      try (beneath;
          stub) {
        traces.undo(place);
        stub.loop().call(this::stop);
      }
    }
  }

  private void stop() throws IOException {
    stub.abandon();
    ports.close();
  }
}
