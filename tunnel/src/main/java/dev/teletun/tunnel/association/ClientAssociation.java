package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.transport.PacketSink;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's association, from the first hello on, over its connected UDP socket.
 *
 * <pre>
 *   version 1: handshake ──► ready
 *   version 2: handshake ──► token, again and again ──► acknowledged: ready
 * </pre>
 *
 * Loop thread only, but for {@link #begin} and the two futures.
 */
public final class ClientAssociation implements Associations, Closeable {
  private static final Duration FIRST_REPETITION = Duration.ofMillis(100);
  private static final Duration LAST_REPETITION = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final UdpPeer peer;
  private final Optional<Token> token;
  private final Lifetime lifetime;
  private final CompletableFuture<Association> established = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Said said = new Answers();
  private final Handshake handshake;
  private volatile UdpSocket socket;
  private @Nullable Link link;
  private boolean expired;
  private IntConsumer probed = _ -> {};
  private final Echoes echoes = new Echoes(System::nanoTime);
  private long sealedAtEcho;
  private long certainSealed;
  private long certainHeardNanos;
  private Switched switched = (_, _) -> {};
  private boolean closed;

  private ClientAssociation(
      EventLoop loop,
      UdpSocket socket,
      UdpPeer peer,
      Identity own,
      Pin server,
      Optional<Token> token,
      Lifetime lifetime,
      int pathMtu,
      Duration deadline) {
    this.loop = loop;
    this.socket = socket;
    this.peer = peer;
    this.token = token;
    this.lifetime = lifetime;
    this.handshake = Handshake.client(own, server, pathMtu, this::send, deadline);
  }

  /**
   * Begins the handshake. The caller keeps the socket, connected to {@code peer}, and must pass on
   * what it receives.
   *
   * @param token of the session; empty for version 1, which has none
   * @param lifetime after which nothing is sent any more
   * @param pathMtu bytes of the largest outer packet
   */
  public static ClientAssociation begin(
      EventLoop loop,
      UdpSocket socket,
      UdpPeer peer,
      Identity own,
      Pin server,
      Optional<Token> token,
      Lifetime lifetime,
      int pathMtu,
      Duration deadline) {
    ClientAssociation client =
        new ClientAssociation(loop, socket, peer, own, server, token, lifetime, pathMtu, deadline);
    CompletableFuture<Association> _ =
        client
            .handshake
            .result()
            .whenComplete((done, failure) -> loop.execute(() -> client.ended(done, failure)));
    return client;
  }

  private void send(byte[] bytes, int at, int size) {
    byte[] copy = Arrays.copyOfRange(bytes, at, at + size);
    loop.execute(() -> socket.send(peer, copy, 0, copy.length, copy.length));
  }

  /** Completes on the loop, with the association or with why there is none. */
  public CompletableFuture<Association> established() {
    return established;
  }

  /** Completes on the loop once packets may be sent, or with why there is no association. */
  public CompletableFuture<Void> ready() {
    return ready;
  }

  private void ended(@Nullable Association done, @Nullable Throwable failure) {
    if (done == null) {
      Throwable why =
          failure == null ? new IllegalStateException("handshake ended with nothing") : failure;
      established.completeExceptionally(why);
      ready.completeExceptionally(why);
      return;
    }
    Link made =
        new Link(new SocketOutlet(socket), peer, done, token.isPresent(), said, System::nanoTime);
    link = made;
    established.complete(done);
    if (token.isPresent()) {
      sayHello(made, DataMessage.hello(token.get()), FIRST_REPETITION);
    } else {
      ready.complete(null);
    }
  }

  /** A server that has not got our last flight drops a hello, and so does the network. */
  private void sayHello(Link to, byte[] hello, Duration pause) {
    if (closed || to.isAccepted()) {
      return;
    }
    to.say(hello);
    Duration doubled = pause.multipliedBy(2);
    Duration next = doubled.compareTo(LAST_REPETITION) > 0 ? LAST_REPETITION : doubled;
    loop.schedule(pause, () -> sayHello(to, hello, next));
  }

  /** Passes on what arrived while the handshake's last datagrams were still queued. */
  public void feedLeftover(PacketSink out) {
    Link to = link;
    if (to != null) {
      handshake.leftover().forEach(bytes -> to.receive(peer, bytes, 0, bytes.length, out));
    }
  }

  @Override
  public void received(DatagramTrain train, PacketSink out) {
    Link to = link;
    for (int at = 0; at < train.length(); at += train.segmentBytes()) {
      int size = Math.min(train.segmentBytes(), train.length() - at);
      if (to == null) {
        handshake.offer(train.bytes(), at, size);
      } else {
        to.receive(peer, train.bytes(), at, size, out);
      }
    }
  }

  @Override
  public @Nullable Association current() {
    Link to = link;
    return to != null && to.isAccepted() && !expired && !lifetime.isUsedUp(to.association())
        ? to.association()
        : null;
  }

  /** True once another association should be begun, to replace this one before its time is over. */
  public boolean renewalDue() {
    Link to = link;
    return to != null && lifetime.isRenewalDue(to.association(), to.ageNanos());
  }

  @Override
  public UdpPeer peer() {
    return peer;
  }

  /** Goes on over another socket, connected to the same peer; the caller keeps both. */
  public void leaveBy(UdpSocket another) {
    socket = another;
    if (link != null) {
      link.leaveBy(new SocketOutlet(another));
    }
  }

  /** When the server was last heard, on the clock of System.nanoTime; 0 before the handshake. */
  public long heardNanos() {
    return link == null ? 0 : link.heardNanos();
  }

  /**
   * True once it can be used no more: the server said close_notify, or its lifetime is over. To be
   * asked now and then, as nothing else looks at the clock.
   */
  public boolean isOver() {
    Link to = link;
    if (to == null) {
      return false;
    }
    expired |= lifetime.isOver(to.association(), to.ageNanos());
    return expired || to.association().peerClosed();
  }

  /**
   * Asks the server for a sign of life, and tells NATs on the way that we are still here: an echo,
   * which it answers, or to a server of version 1 an empty record, which it does not.
   */
  public void callOut() {
    Link to = link;
    if (to == null || !to.isAccepted()) {
      return;
    }
    if (token.isPresent()) {
      to.say(DataMessage.echo(DataMessage.ECHO, echoes.next()));
      sealedAtEcho = to.association().sealed();
    } else {
      to.say(new byte[0]);
    }
  }

  /** Sends a packet of {@code size} bytes that a server of version 2 acknowledges. */
  public void probe(int size) {
    Link to = link;
    if (to != null && to.isAccepted()) {
      to.probe(size);
    }
  }

  /** Who is told that a probe of so many bytes has arrived. */
  public void onProbed(IntConsumer tell) {
    probed = tell;
  }

  /** Time from an echo to its answer, the last time; 0 before the first. */
  public long roundTripNanos() {
    return echoes.roundTripNanos();
  }

  /** Time since the handshake; zero before. */
  public Duration age() {
    Link to = link;
    return to == null ? Duration.ZERO : Duration.ofNanos(to.ageNanos());
  }

  /**
   * What became of its records so far, by outcome; empty before the handshake and after the end.
   */
  public Map<String, Long> records() {
    Link to = link;
    return to == null ? Map.of() : to.association().counters().byName();
  }

  /** Time since the oldest {@link #callOut} that is not answered; 0 if the last one is. */
  public long unansweredNanos() {
    return echoes.unansweredNanos();
  }

  /**
   * Time since the server last answered a {@link #callOut}; since the beginning if it never did.
   */
  public long sinceAnswerNanos() {
    return echoes.sinceAnswerNanos();
  }

  /** True if something went either way since the last echo was answered. */
  public boolean isUncertain() {
    Link open = link;
    return open != null
        && (open.heardNanos() != certainHeardNanos || open.association().sealed() != certainSealed);
  }

  /** Told when the server says what it sends by. */
  public interface Switched {
    /** Its first packet or its last on this association, for the {@code number}th switch. */
    void switched(int number, boolean first);
  }

  /** From now on {@code hears} is told. */
  public void onSwitched(Switched hears) {
    switched = hears;
  }

  /** Tells the peer goodbye, if there is an association, and gives up a handshake. Loop thread. */
  @Override
  public void close() throws IOException {
    closed = true;
    Link open = link;
    if (open != null) {
      open.sayGoodbye();
      link = null;
    }
    handshake.close();
  }

  private final class Answers implements Said {
    @Override
    public void helloAck(Link on) {
      if (!on.isAccepted()) {
        on.accept();
        ready.complete(null);
      }
    }

    @Override
    public void probeAck(Link on, int id, int size) {
      probed.accept(size);
    }

    @Override
    public void echoAck(Link on, int id) {
      echoes.answered(id);
      certainHeardNanos = on.heardNanos();
      if (echoes.isAnswered()) {
        certainSealed = sealedAtEcho;
      }
    }

    @Override
    public void switched(Link on, int number, boolean first) {
      switched.switched(number, first);
    }
  }
}
