package dev.teletun.client.connect;

import dev.teletun.protocol.count.Fact;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.transport.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Associations that follow one another: each is made beside the one before it.
 *
 * <pre>
 *   none ──► attempt ──► in force ──dead, or its keys are used up──► attempt beside it ──► in force
 *                           └──another address──► the same association from another socket
 * </pre>
 *
 * Loop thread only.
 */
final class Succession implements Closeable {
  static final Duration HELLO = Duration.ofSeconds(6);

  private static final Duration HANDSHAKE = Duration.ofSeconds(4);
  private static final Duration WORRIED = Duration.ofSeconds(1);
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration OVERLAP = Duration.ofSeconds(3);

  /** Hears what an association's owner cannot go on from by itself. */
  interface Listener {
    /** An attempt gave none; another follows. */
    void failed(Throwable why);

    /** Nothing can go on. */
    void broken(IOException why);
  }

  private final Carrier.Parts parts;
  private final Ways ways;
  private final Underpath underpath;
  private final Listener listener;
  private Attachment to;
  private @Nullable Carrier inForce;
  private @Nullable Carrier attempt;
  private boolean dead;
  private long notBeforeNanos = System.nanoTime();

  /** Nothing is sent yet. */
  Succession(
      Carrier.Parts parts, Ways ways, Underpath underpath, Attachment to, Listener listener) {
    this.parts = parts;
    this.ways = ways;
    this.underpath = underpath;
    this.to = to;
    this.listener = listener;
  }

  /**
   * Begins the first one.
   *
   * @param patience for its handshake
   */
  void begin(Duration patience) throws IOException {
    if (to.at().udp().isPresent()) {
      tryAnother(patience);
    }
  }

  /** The next one is of this session, and goes there. */
  void lead(Attachment next) {
    to = next;
  }

  /** Begins the next one now. */
  void beginAnew() {
    abandonAttempt();
    notBeforeNanos = System.nanoTime();
    tryAnotherSafely();
  }

  private void tryAnother(Duration patience) throws IOException {
    InetSocketAddress udp =
        to.at().udp().orElseThrow(() -> new IOException("no UDP gets through there"));
    Carrier next = Carrier.begin(parts, udp, to.token(), patience);
    attempt = next;
    ClientAssociation association = next.association();
    association.onSwitched((number, first) -> ways.switched(next.transport(), number, first));
    var _ = association.established().whenComplete((_, failure) -> established(next, failure));
    var _ = association.ready().whenComplete((_, failure) -> ready(next, failure));
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
      parts.tally().associations.count("failed");
      close(next);
      listener.failed(failure);
      return;
    }
    Carrier old = inForce;
    inForce = next;
    parts.tally().associations.count("in_force");
    dead = false;
    boolean isVersion2 = to.token().isPresent();
    if (isVersion2) {
      ways.udp(next);
    } else {
      ways.onlyUdp(next);
    }
    underpath.begin(next, next.server(), isVersion2);
    if (old != null) {
      parts.loop().schedule(OVERLAP, () -> close(old));
    }
  }

  private void close(Carrier gone) {
    try {
      gone.close();
    } catch (IOException e) {
      listener.broken(e);
    }
  }

  /** Asks for signs of life when they are due, and for new keys. A few times a second. */
  void watch() {
    Carrier now = inForce;
    if (now == null) {
      return;
    }
    if (to.token().isPresent()) {
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

  /** Begins another one if there is none that works, or gives one up that takes too long. */
  void goOnTrying() {
    Carrier trying = attempt;
    if (trying != null && trying.age().compareTo(HANDSHAKE.plus(HELLO)) >= 0) {
      abandonAttempt();
    }
    if (attempt == null && (dead || inForce == null)) {
      tryAnotherSafely();
    }
  }

  private void tryAnotherSafely() {
    if (to.at().udp().isEmpty() || System.nanoTime() - notBeforeNanos < 0) {
      return;
    }
    notBeforeNanos = System.nanoTime() + (ways.isOverTcp() ? CALM : WORRIED).toNanos();
    try {
      tryAnother(inForce == null ? HANDSHAKE : HANDSHAKE.plus(inForce.roundTrip().multipliedBy(3)));
    } catch (IOException _) {
      // No way to the server now: the next tick, or a change of the network, tries again.
    }
  }

  private void abandonAttempt() {
    Carrier trying = attempt;
    attempt = null;
    if (trying != null) {
      parts.tally().associations.count("given_up");
      close(trying);
    }
  }

  /** Addresses, routes or links of this host changed. */
  void networkChanged() {
    followAndCallOut();
    if (dead) {
      abandonAttempt();
      notBeforeNanos = System.nanoTime();
      goOnTrying();
    }
  }

  /** Goes on from another address if the way to the server leaves from there now. */
  void follow() {
    Carrier now = inForce;
    if (now != null) {
      boolean _ = follow(now);
    }
  }

  /** The same, and asks for a sign of life whether or not it moved. */
  void followAndCallOut() {
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

  /** How the one in force stands. */
  List<Fact> facts() {
    Carrier now = inForce;
    return now == null ? List.of(Fact.text("association", "none")) : now.facts();
  }

  @Override
  public void close() throws IOException {
    abandonAttempt();
    if (inForce != null) {
      inForce.close();
      inForce = null;
    }
  }
}
