package dev.teletun.client.connect;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Fact;
import dev.teletun.tunnel.end.Leader;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.transport.StreamTransport;
import dev.teletun.tunnel.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends packets over UDP or over TCP, as {@link WayRule} says, and tells of it. Loop thread only.
 */
final class Ways implements StreamKeeper.Listener {
  /** How long UDP may take before the first packets go over TCP. */
  static final Duration GRACE = Duration.ofSeconds(1);

  private final WayRule rule = new WayRule(System::nanoTime);
  private final TunnelEnd end;
  private final Leader leader;
  private final Runnable begun;
  private Runnable doubt = () -> {};
  private volatile boolean doubtful;
  private final Consumer<String> events;
  private @Nullable Carrier udp;
  private @Nullable StreamTransport stream;
  private boolean failed;
  private boolean toldTcp;
  private boolean hasRoute = true;
  private long overTcpNanos;
  private boolean carriesUdp = true;
  private boolean answers = true; // a server of version 1 does not
  private final Events switches = new Events("to_tcp", "to_udp");
  private Instant since = Instant.now();
  private String why = "at the beginning";

  /**
   * The caller keeps loop and end.
   *
   * @param begun runs each time that packets have got a way
   */
  Ways(EventLoop loop, TunnelEnd end, Runnable begun, Consumer<String> events) {
    this.end = end;
    this.begun = begun;
    this.events = events;
    leader = new Leader(loop, end);
  }

  /**
   * Packets may go by {@code next}, whose server speaks version 1 and knows nothing of switches.
   */
  void onlyUdp(Carrier next) {
    udp = next;
    answers = false;
    leader.begin(next.transport());
    begun.run();
  }

  /** Packets may go by {@code next}, and by the carrier before it no more. */
  void udp(Carrier next) {
    Carrier old = udp;
    udp = next;
    answers = true;
    if (old != null) {
      leader.replaced(old.transport(), next.transport());
    }
    choose();
  }

  /** The carrier of now has another transport. */
  void replaced(Transport old, Transport now) {
    leader.replaced(old, now);
  }

  /** The server said so over UDP. */
  void switched(Transport on, int number, boolean first) {
    leader.switched(on, number, first);
  }

  @Override
  public void switched(StreamTransport on, int number, boolean first) {
    leader.switched(on, number, first);
  }

  @Override
  public void opened(StreamTransport next) {
    failed = false;
    stream = next;
    end.receiveFrom(next);
    choose();
  }

  @Override
  public void ended(StreamTransport gone) {
    leader.forget(gone);
    if (gone.equals(stream)) {
      stream = null;
    }
    choose();
  }

  @Override
  public void failed() {
    failed = true;
  }

  /** True if TCP is no way either, as far as we know. */
  boolean isWithoutStream() {
    return failed;
  }

  /** True while packets go over TCP. */
  boolean isOverTcp() {
    return stream != null && stream.equals(leader.target());
  }

  /** Makes its counters readable. */
  void register(Counters to) {
    to.family("teletun_switches", "Switches between transports.", "event", switches::read);
  }

  /** By which packets go, since when, and why. */
  List<Fact> facts() {
    return List.of(
        Fact.text("transport", isOverTcp() ? "TCP" : "UDP"),
        Fact.text("transportSince", since.truncatedTo(ChronoUnit.SECONDS).toString()),
        Fact.text("transportWhy", why),
        Fact.text("otherTransport", stream == null ? "no TCP connection" : "TCP is connected"));
  }

  /** Runs each time that the way in use has not answered for longer than usual, or is none. */
  void onDoubt(Runnable tell) {
    doubt = tell;
  }

  /** True until it has answered. Any thread. */
  boolean isDoubtful() {
    return doubtful;
  }

  /** Whether UDP gets through at all by the way to the server. */
  void carriesUdp(boolean does) {
    carriesUdp = does;
    if (!does) {
      endGrace();
    }
  }

  /** UDP is waited for no longer. */
  void endGrace() {
    rule.endGrace();
    choose();
  }

  /** The network has changed: what there was may be gone. */
  void networkChanged() {
    if (stream != null) {
      stream.callOut();
    }
  }

  /** Whether this host has a route to the server: without one, neither way is any. */
  void hasRoute(boolean one) {
    hasRoute = one;
    choose();
  }

  /** Looks again, a few times a second. */
  void tick() {
    StreamTransport tcp = stream;
    if (tcp != null) {
      watch(tcp);
    }
    choose();
  }

  private void watch(StreamTransport tcp) {
    Duration quiet = Duration.ofNanos(System.nanoTime() - tcp.heardNanos());
    if (WayRule.isTcpToBeAsked(quiet, standing(tcp))) {
      tcp.callOut();
    }
    if (WayRule.isTcpLost(tcp.waited())) {
      tcp.close(); // its reader ends, and dials again
    }
  }

  private void choose() {
    Carrier carrier = udp;
    StreamTransport tcp = stream;
    WayRule.Udp standing = carrier == null ? null : standing(carrier);
    switch (rule.choose(standing, standing(tcp))) {
      case UDP -> overUdp(carrier, false);
      case BACK_TO_UDP -> {
        askUdp(carrier);
        overUdp(carrier, true);
      }
      case STAY -> askUdp(carrier);
      case TCP -> overTcp(tcp);
    }
    if (standing != null && !standing.isLost() && !isOverTcp()) {
      tell(false);
    }
    boolean isAnyWay = hasRoute && WayRule.isAnyWay(standing, standing(tcp));
    end.hasWay(isAnyWay);
    boolean before = doubtful;
    doubtful = !isAnyWay || (isOverTcp() ? isLate(tcp) : standing != null && standing.isLate());
    if (doubtful && !before) {
      doubt.run();
    }
  }

  /** True also as long as nothing has come over it since packets go there: it may be dead, too. */
  private boolean isLate(@Nullable StreamTransport tcp) {
    return tcp == null || WayRule.isTcpLate(tcp.waited()) || tcp.heardNanos() - overTcpNanos < 0;
  }

  private WayRule.Udp standing(Carrier carrier) {
    return new WayRule.Udp(
        carrier.transport().isOpen() && !carrier.association().isOver(),
        answers ? carrier.unanswered() : Duration.ZERO,
        carrier.silence(),
        carrier.roundTrip());
  }

  private WayRule.Tcp standing(@Nullable StreamTransport tcp) {
    if (tcp == null || !tcp.isOpen()) {
      return WayRule.Tcp.NONE;
    }
    return isOverTcp() ? WayRule.Tcp.IN_USE : WayRule.Tcp.READY;
  }

  private static void askUdp(@Nullable Carrier carrier) {
    if (carrier != null && WayRule.isUdpToBeAsked(carrier.sinceCall())) {
      carrier.callOut();
    }
  }

  private void overTcp(@Nullable StreamTransport tcp) {
    if (tcp != null) {
      if (!toldTcp) {
        overTcpNanos = System.nanoTime();
        tcp.callOut();
      }
      leader.switchTo(tcp, false);
      tell(true);
    }
  }

  private void overUdp(@Nullable Carrier carrier, boolean oldWorks) {
    if (carrier != null && !carrier.transport().equals(leader.target())) {
      leader.switchTo(carrier.transport(), oldWorks);
      begun.run();
    }
  }

  private String whyTcp() {
    return carriesUdp ? "UDP does not get through" : "a port-forward carries no UDP";
  }

  private void tell(boolean overTcp) {
    if (overTcp) {
      begun.run();
    }
    if (overTcp != toldTcp) {
      toldTcp = overTcp;
      switches.count(overTcp ? "to_tcp" : "to_udp");
      since = Instant.now();
      why = overTcp ? whyTcp() : "UDP gets through again";
      events.accept(overTcp ? whyTcp() + "; packets go over TCP" : "packets go over UDP again");
    }
  }
}
