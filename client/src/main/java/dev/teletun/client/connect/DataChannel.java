package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.end.Side;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.path.KernelPath;
import dev.teletun.tunnel.transport.TrainSender;
import dev.teletun.tunnel.transport.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's data channel: one tunnel end, and associations that follow one another behind it.
 *
 * <pre>
 *   none ──► attempt ──► in force ──dead, or its keys are used up──► attempt beside it ──► in force
 *                           └──another address──► the same association from another socket
 * </pre>
 *
 * Fields belong to the loop.
 */
final class DataChannel implements Closeable, TunnelEnd.Listener, TrainSender.TooBig {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration HANDSHAKE = Duration.ofSeconds(4);
  private static final Duration HELLO = Duration.ofSeconds(6);
  private static final Duration WORRIED = Duration.ofSeconds(1);
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration OVERLAP = Duration.ofSeconds(3);
  private static final Duration SETTLED = Duration.ofSeconds(4); // UDP is in force by then, or not

  private final EventLoop loop;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final FirstWay firstWay = new FirstWay();
  private final TunnelEnd end;
  private final Carrier.Parts parts;
  private final Tally tally = new Tally();
  private final Underpath underpath;
  private final Sleep sleep = new Sleep();
  private final Ways ways;
  private final StreamKeeper streams;
  private final CloseStack resources;
  private Candidate server;
  private Optional<Token> token;
  private @Nullable Carrier inForce;
  private @Nullable Carrier attempt;
  private boolean dead;
  private long notBeforeNanos = System.nanoTime();

  private DataChannel(
      CloseStack resources,
      EventLoop loop,
      Attachment to,
      Identity own,
      Pin pin,
      KernelPath path,
      Lifetime lifetime,
      Consumer<String> events) {
    this.resources = resources;
    this.loop = loop;
    this.server = to.at();
    this.token = to.token();
    end = new TunnelEnd(Side.CLIENT, loop, path.largestWhole(), this);
    underpath = new Underpath(end, server.tcp(), path, this::end);
    parts = new Carrier.Parts(loop, own, pin, lifetime, end, this, tally);
    ways = new Ways(loop, end, firstWay::found, events);
    streams = StreamKeeper.start(loop, own, pin, end, ways);
  }

  /**
   * Completes the first handshake, or fails.
   *
   * @param patience for the handshake
   */
  static DataChannel open(
      Attachment to,
      Identity own,
      Pin pin,
      InnerFilter filter,
      Lifetime lifetime,
      Duration patience,
      Consumer<String> events)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      EventLoop loop = onFailure.own(EventLoop.start("session"));
      CloseStack resources = new CloseStack();
      resources.own(loop);
      DataChannel data =
          new DataChannel(
              resources, loop, to, own, pin, KernelPath.to(to.at().tcp()), lifetime, events);
      onFailure.own(() -> loop.call(data::closeOnLoop));
      onFailure.own(data.streams);
      CompletableFuture<Void> _ = loop.ended().whenComplete((_, failure) -> data.end(failure));
      loop.call(() -> {
        data.end.filter(filter);
        if (to.at().udp().isPresent()) {
          data.tryAnother(patience);
        }
        data.prepareStream();
      });
      data.firstWay.await(patience.plus(HELLO), to.at());
      onFailure.own(loop.every(TICK, data::tick));
      data.resources.own(onFailure.handOver());
      return data;
    }
  }

  private void tryAnother(Duration patience) throws IOException {
    InetSocketAddress udp =
        server.udp().orElseThrow(() -> new IOException("no UDP gets through there"));
    Carrier next = Carrier.begin(parts, udp, token, patience);
    attempt = next;
    next.association()
        .onSwitched((number, first) -> ways.switched(next.transport(), number, first));
    CompletableFuture<Association> _ =
        next.association().established().whenComplete((_, failure) -> established(next, failure));
    CompletableFuture<Void> _ =
        next.association().ready().whenComplete((_, failure) -> ready(next, failure));
  }

  private void established(Carrier of, @Nullable Throwable failure) {
    if (failure == null && of.equals(attempt)) {
      of.feedLeftover();
    }
  }

  private void ready(Carrier next, @Nullable Throwable failure) {
    if (!next.equals(attempt)) {
      return;
    }
    attempt = null;
    if (failure != null) {
      notBeforeNanos = System.nanoTime() + WORRIED.toNanos();
      tally.associations.count("failed");
      close(next);
      failed(failure);
      return;
    }
    Carrier old = inForce;
    inForce = next;
    tally.associations.count("in_force");
    dead = false;
    if (token.isPresent()) {
      ways.udp(next);
    } else {
      ways.onlyUdp(next);
    }
    underpath.begin(next, next.server(), token.isPresent());
    if (old != null) {
      loop.schedule(OVERLAP, () -> close(old));
    }
  }

  /** UDP gives no association; what there is of TCP decides whether that is the end. */
  private void failed(Throwable why) {
    if (token.isEmpty() || ways.isWithoutStream()) {
      firstWay.failed(why);
    } else {
      ways.endGrace();
      Closeable _ = loop.schedule(StreamKeeper.PATIENCE, () -> firstWay.failed(why));
    }
  }

  private void prepareStream() {
    ways.carriesUdp(server.udp().isPresent());
    token.ifPresent(t -> streams.attached(server, t));
    Closeable _ = loop.schedule(Ways.GRACE, ways::endGrace);
  }

  private void close(Carrier gone) {
    try {
      gone.close();
    } catch (IOException e) {
      end(e);
    }
  }

  private void tick() {
    if (sleep.isOver()) {
      followAndCallOut();
    }
    Carrier now = inForce;
    if (now != null) {
      watch(now);
    }
    if (token.isPresent()) {
      ways.tick();
    }
    goOnTrying();
  }

  private void watch(Carrier now) {
    if (token.isPresent()) {
      Pulse.keep(now);
      dead = Pulse.isLost(now);
    } else {
      Pulse.keepVersion1(now);
    }
    if (now.association().isOver()) {
      dead = true;
    }
    if (underpath.tick(now)) {
      Pulse.callAgain(now);
    }
    if (attempt == null && now.association().renewalDue()) {
      tryAnotherSafely();
    }
  }

  private void goOnTrying() {
    Carrier trying = attempt;
    if (trying != null && trying.age().compareTo(HANDSHAKE.plus(HELLO)) >= 0) {
      attempt = null;
      tally.associations.count("given_up");
      close(trying);
      trying = null;
    }
    if (trying == null && (dead || inForce == null)) {
      tryAnotherSafely();
    }
  }

  private void tryAnotherSafely() {
    if (server.udp().isEmpty() || System.nanoTime() - notBeforeNanos < 0) {
      return;
    }
    notBeforeNanos = System.nanoTime() + (ways.isOverTcp() ? CALM : WORRIED).toNanos();
    try {
      tryAnother(inForce == null ? HANDSHAKE : HANDSHAKE.plus(inForce.roundTrip().multipliedBy(3)));
    } catch (IOException _) {
      // No way to the server now: the next tick, or a change of the network, tries again.
    }
  }

  /** The session goes on, or another has begun: of that the old associations are none. */
  void attached(Attachment what) throws IOException {
    loop.call(() -> {
      boolean other = !what.resumed() || !what.at().equals(server);
      server = what.at();
      token = what.token();
      prepareStream();
      if (other) {
        beginAnew();
      } else {
        networkChangedOnLoop();
      }
    });
  }

  /**
   * The session goes on by another way. What packets go over now is kept until the new way has
   * shown that it carries them, or has had the time to.
   */
  void moved(Attachment what) throws IOException {
    loop.call(() -> {
      server = what.at();
      token = what.token();
      beginAnew();
      Closeable _ = loop.schedule(what.resumed() ? SETTLED : Duration.ZERO, this::prepareStream);
    });
  }

  private void beginAnew() {
    abandonAttempt();
    notBeforeNanos = System.nanoTime();
    tryAnotherSafely();
  }

  private void abandonAttempt() {
    Carrier trying = attempt;
    attempt = null;
    if (trying != null) {
      tally.associations.count("given_up");
      close(trying);
    }
  }

  /** Addresses, routes or links of this host changed. Loop thread. */
  void networkChangedOnLoop() {
    streams.networkChanged();
    ways.networkChanged();
    followAndCallOut();
    if (dead) {
      abandonAttempt();
      notBeforeNanos = System.nanoTime();
      goOnTrying();
    }
  }

  /**
   * Goes on from another address if the way to the server leaves from there now. What still left by
   * the old socket would ask the new gateway for its link-layer address in the old one's name,
   * which not every gateway answers (reverse path filters), and the kernel asks again after a
   * second only. Loop thread.
   */
  void followOnLoop() {
    Carrier now = inForce;
    if (now != null) {
      boolean _ = follow(now);
    }
  }

  private void followAndCallOut() {
    Carrier now = inForce;
    if (now != null && follow(now)) {
      now.callOut();
    }
  }

  /** Answers whether there is a way to the server. */
  private boolean follow(Carrier now) {
    boolean hasRoute = true;
    try {
      Transport before = now.transport();
      if (now.follow()) {
        ways.replaced(before, now.transport());
        underpath.beginAnew();
        now.callOut();
      }
    } catch (IOException _) {
      hasRoute = false; // the association waits for one
    }
    ways.hasRoute(hasRoute);
    return hasRoute;
  }

  private void end(@Nullable Throwable failure) {
    if (failure == null) {
      ended.complete(null);
    } else {
      ended.completeExceptionally(failure);
    }
  }

  @Override
  public void portEnded(@Nullable IOException failure) {
    end(failure == null ? new IOException("the TUN device is gone: somebody deleted it") : failure);
  }

  @Override
  public void datagramTooBig() {
    underpath.hear();
  }

  /** Asks the kernel again what the path carries. */
  void measure() throws IOException {
    loop.call(underpath::hear);
  }

  /** {@code tell} runs on the loop each time that packets have lost their last way. */
  void onLost(Runnable tell) throws IOException {
    loop.call(() -> ways.onLost(tell));
  }

  /** Makes its counters readable, on the loop's thread. */
  void register(Counters to) {
    end.register(to);
    tally.register(to);
    ways.register(to);
  }

  /** What is in force now. Loop thread. */
  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>(ways.facts());
    Carrier now = inForce;
    facts.addAll(now == null ? List.of(Fact.text("association", "none")) : now.facts());
    facts.addAll(underpath.facts());
    return facts;
  }

  EventLoop loop() {
    return loop;
  }

  TunnelEnd end() {
    return end;
  }

  int tunMtu() {
    return underpath.known().tunnelMtu().bytes();
  }

  boolean fragmentsOutside() {
    return underpath.known().fragmentsOutside();
  }

  /** Completes when the data channel ends by itself, exceptionally with why. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  private void closeOnLoop() throws IOException {
    abandonAttempt();
    if (inForce != null) {
      inForce.close();
      inForce = null;
    }
    end.close();
  }

  @Override
  public void close() throws IOException {
    resources.close();
  }
}
