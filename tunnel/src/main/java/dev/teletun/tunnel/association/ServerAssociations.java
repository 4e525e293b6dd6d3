package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.handshake.HelloVerifier;
import dev.teletun.dtls.handshake.VerifiedHello;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.transport.PacketSink;
import java.io.Closeable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What arrives at the server's UDP socket: hellos are answered with cookies, a few handshakes go on
 * at once, and an association that succeeds is let into the session.
 *
 * <pre>
 *   version 1: hello ──► cookie ──► hello with cookie ──► handshake (≤ 4) ──► current
 *   version 2:                                            handshake ──► token ──► current
 *   either:                                                               current ──► old ──► gone
 * </pre>
 *
 * Nothing is answered while no session is open. An old association of version 2 is still opened for
 * {@link #OVERLAP}, in which what was under way arrives. Loop thread only.
 */
public final class ServerAssociations implements Associations, Closeable {

  /** Told when the client's address or association changes. */
  public interface Listener {
    /** A handshake has ended: {@link #feedLeftover} has what came with its end. */
    void leftover();

    /** Packets for the client leave on a new association, which is reached at {@code peer}. */
    default void associated(UdpPeer peer) {}

    /** The client is reached at another address. */
    default void moved(UdpPeer peer) {}

    /** A probe of {@code size} bytes has reached the client. */
    default void probed(int size) {}

    /** The peer said close_notify. */
    default void peerClosed() {}

    /** The client's first message over UDP since the {@code number}th switch, or its last. */
    default void switched(int number, boolean first) {}

    /** The association has reached the end of its lifetime, and is closed. */
    default void expired() {}
  }

  /** How long an association is still opened after another has replaced it. */
  static final Duration OVERLAP = Duration.ofSeconds(3);

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final EventLoop loop;
  private final UdpSocket socket;
  private final Identity own;
  private final Pin client;
  private final int pathMtu;
  private final Listener listener;
  private final Lifetime lifetime;
  private final HelloVerifier verifier;
  private final HandshakesUnderWay handshakes = new HandshakesUnderWay(System::nanoTime);
  private final StrayDatagrams strays = new StrayDatagrams(System::nanoTime);
  private final Said said = new Hellos();
  private final Links links = new Links();
  private final LastFlight lastFlight;
  private final ServerCounts counts = new ServerCounts(links);
  private boolean answering;
  private @Nullable Token token;
  private volatile @Nullable Link current;

  /**
   * The caller keeps loop and socket.
   *
   * @param pathMtu bytes of the largest outer packet of a handshake
   */
  public ServerAssociations(
      EventLoop loop, UdpSocket socket, Identity own, Pin client, int pathMtu, Listener listener) {
    this(loop, socket, own, client, pathMtu, listener, Lifetime.STANDARD);
  }

  /** With another lifetime than the standard one. */
  ServerAssociations(
      EventLoop loop,
      UdpSocket socket,
      Identity own,
      Pin client,
      int pathMtu,
      Listener listener,
      Lifetime lifetime) {
    this.lifetime = lifetime;
    this.loop = loop;
    this.lastFlight = new LastFlight(loop, links);
    this.socket = socket;
    this.own = own;
    this.client = client;
    this.pathMtu = pathMtu;
    this.listener = listener;
    this.verifier = new HelloVerifier(System::nanoTime);
  }

  /**
   * A session begins, or goes on with the same token: hellos are answered.
   *
   * @param from where the control connection comes from, and most likely the hello; null if not
   *     known
   * @param of the session's token; null for version 1, which has none
   */
  public void open(@Nullable InetAddress from, @Nullable Token of) {
    boolean goesOn = of != null && token != null && of.matches(token);
    if (!goesOn) {
      close();
    }
    answering = true;
    token = of;
    handshakes.expect(from);
  }

  @Override
  public void received(DatagramTrain train, PacketSink to) {
    endLifetime();
    for (int at = 0; at < train.length(); at += train.segmentBytes()) {
      int size = Math.min(train.segmentBytes(), train.length() - at);
      received(train.peer(), train.bytes(), at, size, to);
    }
  }

  private void received(UdpPeer from, byte[] bytes, int at, int size, PacketSink to) {
    Link named = links.named(bytes, at, size);
    Link link = named != null ? named : links.at(from);
    Handshake handshake = handshakes.of(from);
    if (link != null && (handshake == null || !handshake.isFor(bytes, at, size))) {
      if (HelloVerifier.looksLikeClientHello(bytes, at, size)) {
        greet(from, bytes, at, size);
      } else {
        receive(link, from, bytes, at, size, to);
      }
    } else if (answering && HelloVerifier.looksLikeClientHello(bytes, at, size)) {
      greet(from, bytes, at, size);
    } else if (handshake != null) {
      handshake.offer(bytes, at, size);
    } else if (!links.isEmpty() && strays.mayBeTried(bytes, at, size)) {
      counts.strangers.count("tried");
      links.all().forEach(l -> receive(l, from, bytes, at, size, to));
    } else {
      counts.strangers.count("dropped");
    }
  }

  /** Also a peer that knows nothing of lifetimes is to make a new association in time. */
  private void endLifetime() {
    Link link = current;
    if (link != null && lifetime.isOver(link.association(), link.ageNanos())) {
      current = null;
      links.remove(link);
      link.sayGoodbye();
      counts.associations.count("expired");
      listener.expired();
    }
  }

  private void receive(
      Link link, UdpPeer from, byte[] bytes, int at, int size, @Nullable PacketSink to) {
    link.receive(from, bytes, at, size, to);
    if (link.association().peerClosed() && links.remove(link) && link.equals(current)) {
      current = null;
      counts.associations.count("peer_closed");
      listener.peerClosed();
    }
  }

  private void greet(UdpPeer from, byte[] bytes, int at, int size) {
    verifier
        .verify(
            HandshakesUnderWay.identify(from),
            bytes,
            at,
            size,
            (answer, answerAt, length) -> socket.send(from, answer, answerAt, length, length))
        .ifPresent(hello -> {
          Handshake same = handshakes.begunBy(from, hello);
          if (same == null) {
            begin(from, hello);
          } else {
            same.offer(bytes, at, size); // repeated, so it is to repeat its answer
          }
        });
  }

  private void begin(UdpPeer from, VerifiedHello hello) {
    if (!handshakes.makePlaceFor(from, hello)) {
      counts.handshakes.count("no_place");
      return;
    }
    counts.handshakes.count("begun");
    Handshake handshake =
        Handshake.server(
            own,
            client,
            hello,
            pathMtu,
            (bytes, at, size) -> send(from, bytes, at, size),
            DEADLINE);
    handshakes.add(from, hello, handshake);
    CompletableFuture<Association> _ =
        handshake
            .result()
            .whenComplete(
                (association, _) -> loop.execute(() -> ended(from, handshake, association)));
  }

  private void send(UdpPeer to, byte[] bytes, int at, int size) {
    byte[] copy = Arrays.copyOfRange(bytes, at, at + size);
    loop.execute(() -> socket.send(to, copy, 0, copy.length, copy.length));
  }

  private void ended(UdpPeer from, Handshake handshake, @Nullable Association association) {
    boolean wanted = handshakes.ended(from, handshake) && answering;
    if (!wanted || association == null) {
      counts.handshakes.count(wanted ? "failed" : "given_up");
      return;
    }
    counts.handshakes.count("succeeded");
    Link link =
        new Link(
            new SocketOutlet(socket), from, association, token != null, said, System::nanoTime);
    link.keep(handshake.leftover());
    links.add(link, current);
    if (link.isAccepted()) {
      links.keepOnly(link); // version 1 has one at a time
      replaceBy(link);
    }
    counts.track(link);
    lastFlight.repeatFor(link);
    listener.leftover();
  }

  private void replaceBy(Link link) {
    Link old = current;
    current = link;
    if (old != null) {
      loop.schedule(OVERLAP, () -> links.remove(old));
    }
    counts.associations.count("in_force");
    listener.associated(link.peer());
  }

  /** Passes on what arrived while the last handshake's datagrams were still queued. */
  public void feedLeftover(PacketSink to) {
    for (Link link : links.all()) {
      UdpPeer from = link.peer();
      for (byte[] bytes : link.takeKept()) {
        if (links.contains(link)) {
          receive(link, from, bytes, 0, bytes.length, to);
        }
      }
    }
  }

  /** Null until the client's first record has proved that it finished the handshake (rule 2). */
  @Override
  public @Nullable Association current() {
    Link link = current;
    return link != null && link.association().confirmed() && !lifetime.isUsedUp(link.association())
        ? link.association()
        : null;
  }

  @Override
  public @Nullable UdpPeer peer() {
    Link link = current;
    return link == null ? null : link.peer();
  }

  /** When an authentic record last came, on the clock of System.nanoTime; any thread. */
  public long heardNanos() {
    Link link = current;
    return link == null ? System.nanoTime() - Duration.ofDays(1).toNanos() : link.heardNanos();
  }

  /** Sends a packet of {@code size} bytes that a client of version 2 acknowledges. */
  public void probe(int size) {
    Link link = current;
    if (link != null && token != null) {
      link.probe(size);
    }
  }

  /** Asks a client of version 2 for a sign of life. */
  public void callOut() {
    Link link = current;
    if (link != null && token != null) {
      link.say(DataMessage.echo(DataMessage.ECHO, 0));
    }
  }

  /** Makes its counters readable, on the loop's thread. */
  public void register(Counters to) {
    counts.register(to);
  }

  /** Age of the association in force; zero without one. */
  public Duration age() {
    Link link = current;
    return link == null ? Duration.ZERO : Duration.ofNanos(link.ageNanos());
  }

  /** Handshakes under way. */
  public int handshakes() {
    return handshakes.size();
  }

  boolean isUnderWay(UdpPeer from) {
    return handshakes.of(from) != null;
  }

  /** Datagrams that belonged to nothing. */
  public long strangers() {
    return counts.strangers.of("dropped");
  }

  /** Associations that showed no token of ours. */
  public long wrongTokens() {
    return counts.strangers.of("wrong_token");
  }

  /** Ends the session's associations and handshakes, and answers no hello until {@link #open}. */
  @Override
  public void close() {
    answering = false;
    token = null;
    Link link = current;
    current = null;
    links.clear();
    if (link != null) {
      link.sayGoodbye();
    }
    handshakes.abandonAll();
  }

  private final class Hellos implements Said {
    @Override
    public void hello(Link on, Token shown) {
      Token mine = token;
      if (mine == null || !shown.matches(mine)) {
        counts.strangers.count("wrong_token");
        return;
      }
      boolean first = !on.isAccepted();
      on.accept();
      on.say(DataMessage.bare(DataMessage.HELLO_ACK));
      if (first) {
        replaceBy(on);
      }
    }

    @Override
    public void probeAck(Link on, int id, int size) {
      if (on.equals(current)) {
        listener.probed(size);
      }
    }

    @Override
    public void switched(Link on, int number, boolean first) {
      if (on.equals(current)) {
        listener.switched(number, first);
      }
    }

    @Override
    public void moved(Link link) {
      if (link.equals(current)) {
        counts.associations.count("moved");
        listener.moved(link.peer());
      }
    }
  }
}
