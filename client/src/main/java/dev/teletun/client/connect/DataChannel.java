package dev.teletun.client.connect;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.end.Side;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.path.KernelPath;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's data channel: one tunnel end, associations behind it, and TCP for when UDP does not
 * get through.
 *
 * <p>Fields belong to the loop.
 */
final class DataChannel
    implements Closeable, TunnelEnd.Listener, TrainSender.TooBig, Succession.Listener {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration SETTLED = Duration.ofSeconds(4); // UDP is in force by then, or not

  private final EventLoop loop;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final FirstWay firstWay = new FirstWay();
  private final TunnelEnd end;
  private final Tally tally = new Tally();
  private final Underpath underpath;
  private final Sleep sleep = new Sleep();
  private final Ways ways;
  private final StreamKeeper streams;
  private final CloseStack resources;
  private final Succession associations;
  private Attachment to;

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
    this.to = to;
    end = new TunnelEnd(Side.CLIENT, loop, path.largestWhole(), this);
    underpath = new Underpath(end, to.at().tcp(), path, this::end);
    ways = new Ways(loop, end, firstWay::found, events);
    streams = StreamKeeper.start(loop, own, pin, end, ways);
    associations =
        new Succession(
            new Carrier.Parts(loop, own, pin, lifetime, end, this, tally),
            ways,
            underpath,
            to,
            this);
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
        data.associations.begin(patience);
        data.prepareStream();
      });
      data.firstWay.await(patience.plus(Succession.HELLO), to.at());
      onFailure.own(loop.every(TICK, data::tick));
      data.resources.own(onFailure.handOver());
      return data;
    }
  }

  /** UDP gives no association; what there is of TCP decides whether that is the end. */
  @Override
  public void failed(Throwable why) {
    if (to.token().isEmpty() || ways.isWithoutStream()) {
      firstWay.failed(why);
    } else {
      ways.endGrace();
      Closeable _ = loop.schedule(StreamKeeper.PATIENCE, () -> firstWay.failed(why));
    }
  }

  private void prepareStream() {
    ways.carriesUdp(to.at().udp().isPresent());
    to.token().ifPresent(t -> streams.attached(to.at(), t));
    Closeable _ = loop.schedule(Ways.GRACE, ways::endGrace);
  }

  private void tick() {
    if (sleep.isOver()) {
      associations.followAndCallOut();
    }
    associations.watch();
    if (to.token().isPresent()) {
      ways.tick();
    }
    associations.goOnTrying();
  }

  /** The session goes on, or another has begun: of that the old associations are none. */
  void attached(Attachment what) throws IOException {
    loop.call(() -> {
      boolean other = !what.resumed() || !what.at().equals(to.at());
      lead(what);
      prepareStream();
      if (other) {
        associations.beginAnew();
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
      lead(what);
      associations.beginAnew();
      Closeable _ = loop.schedule(what.resumed() ? SETTLED : Duration.ZERO, this::prepareStream);
    });
  }

  private void lead(Attachment next) {
    to = next;
    associations.lead(next);
  }

  /** Addresses, routes or links of this host changed. Loop thread. */
  void networkChangedOnLoop() {
    streams.networkChanged();
    ways.networkChanged();
    associations.networkChanged();
  }

  /**
   * Goes on from another address if the way to the server leaves from there now. What still left by
   * the old socket would ask the new gateway for its link-layer address in the old one's name,
   * which not every gateway answers (reverse path filters), and the kernel asks again after a
   * second only. Loop thread.
   */
  void followOnLoop() {
    associations.follow();
  }

  private void end(@Nullable Throwable failure) {
    if (failure == null) {
      ended.complete(null);
    } else {
      ended.completeExceptionally(failure);
    }
  }

  @Override
  public void broken(IOException why) {
    end(why);
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

  /** {@code tell} runs on the loop each time that packets may get through no more. */
  void onDoubt(Runnable tell) throws IOException {
    loop.call(() -> ways.onDoubt(tell));
  }

  /** False while packets may not get through. Any thread. */
  boolean packetsPass() {
    return !ways.isDoubtful();
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
    facts.addAll(associations.facts());
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
    associations.close();
    end.close();
  }

  @Override
  public void close() throws IOException {
    resources.close();
  }
}
