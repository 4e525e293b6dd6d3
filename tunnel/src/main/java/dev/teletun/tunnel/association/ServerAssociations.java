package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.handshake.HelloVerifier;
import dev.teletun.dtls.handshake.VerifiedHello;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import java.io.Closeable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What arrives at the server's UDP socket: hellos are answered with cookies, a few handshakes go on
 * at once, and the newest that succeeds replaces the one association of the session.
 *
 * <pre>
 *   hello ──► cookie ──► hello with cookie ──► handshake (≤ 4) ──► current ──► replaced or closed
 * </pre>
 *
 * Nothing is answered while no control session holds the slot. Loop thread only.
 */
public final class ServerAssociations implements Associations, Closeable {

  /** Told when the client's address or association changes. */
  public interface Listener {
    /**
     * A new association took over; {@code peer} is where it is reached. To be followed by {@link
     * #feedLeftover}.
     */
    void associated(UdpPeer peer);

    /** The peer said close_notify. */
    void peerClosed();

    /** The association has reached the end of its lifetime, and is closed. */
    default void expired() {}
  }

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  // The first byte of a record, RFC 6347 §4.1.
  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;

  private final EventLoop loop;
  private final UdpSocket socket;
  private final Identity own;
  private final Pin client;
  private final int pathMtu;
  private final Listener listener;
  private final Lifetime lifetime;
  private final HelloVerifier verifier;
  private final HandshakesUnderWay handshakes = new HandshakesUnderWay(System::nanoTime);
  private boolean answering;
  private @Nullable Association current;
  private long bornNanos;
  private @Nullable UdpPeer peer;
  private @Nullable RecordSink sink;
  private List<byte[]> leftover = List.of();
  private long strangers;

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
    this.socket = socket;
    this.own = own;
    this.client = client;
    this.pathMtu = pathMtu;
    this.listener = listener;
    this.verifier = new HelloVerifier(System::nanoTime);
  }

  /**
   * Begins to answer hellos: a control session holds the slot.
   *
   * @param client where the control connection comes from, and most likely the hello; null if not
   *     known
   */
  public void open(@Nullable InetAddress client) {
    answering = true;
    handshakes.expect(client);
  }

  @Override
  public void received(DatagramTrain train, RecordSink to) {
    sink = to;
    endLifetime();
    for (int at = 0; at < train.length(); at += train.segmentBytes()) {
      int size = Math.min(train.segmentBytes(), train.length() - at);
      received(train.peer(), train.bytes(), at, size);
    }
  }

  private void received(UdpPeer from, byte[] bytes, int at, int size) {
    Association open = current;
    Handshake handshake = handshakes.of(from);
    if (open != null && from.equals(peer) && (handshake == null || !isHandshake(bytes[at]))) {
      if (HelloVerifier.looksLikeClientHello(bytes, at, size)) {
        greet(from, bytes, at, size);
      } else {
        receive(open, bytes, at, size);
      }
    } else if (answering && HelloVerifier.looksLikeClientHello(bytes, at, size)) {
      greet(from, bytes, at, size);
    } else if (handshake != null) {
      handshake.offer(bytes, at, size);
    } else {
      strangers++;
    }
  }

  private static boolean isHandshake(byte contentType) {
    return contentType == HANDSHAKE || contentType == CHANGE_CIPHER_SPEC;
  }

  private void receive(Association open, byte[] bytes, int at, int size) {
    RecordSink to = sink;
    if (to != null) {
      open.receive(bytes, at, size, to);
    }
    if (open.peerClosed() && open == current) {
      current = null;
      peer = null;
      listener.peerClosed();
    }
  }

  private void greet(UdpPeer from, byte[] bytes, int at, int size) {
    verifier
        .verify(
            identify(from),
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

  private static byte[] identify(UdpPeer from) {
    byte[] address = from.address().getAddress().getAddress();
    byte[] id = Arrays.copyOf(address, address.length + 2);
    id[address.length] = (byte) (from.address().getPort() >> 8);
    id[address.length + 1] = (byte) from.address().getPort();
    return id;
  }

  private void begin(UdpPeer from, VerifiedHello hello) {
    if (!handshakes.makePlaceFor(from, hello)) {
      strangers++;
      return;
    }
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
    if (!handshakes.ended(from, handshake) || association == null || !answering) {
      return;
    }
    current = association;
    bornNanos = System.nanoTime();
    peer = from;
    leftover = handshake.leftover();
    listener.associated(from);
  }

  /** Passes on what arrived while the last handshake's datagrams were still queued. */
  public void feedLeftover(RecordSink to) {
    sink = to;
    List<byte[]> datagrams = leftover;
    leftover = List.of();
    for (byte[] bytes : datagrams) {
      Association open = current;
      if (open != null) {
        receive(open, bytes, 0, bytes.length);
      }
    }
  }

  /** Null until the client's first record has proved that it finished the handshake (rule 2). */
  @Override
  public @Nullable Association current() {
    endLifetime();
    Association open = current;
    return open != null && open.confirmed() ? open : null;
  }

  @Override
  public @Nullable UdpPeer peer() {
    return peer;
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
    return strangers;
  }

  /** Ends the session's association and handshakes, and answers no hello until {@link #open}. */
  @Override
  public void close() {
    answering = false;
    closeCurrent();
    handshakes.abandonAll();
  }

  /** Also a peer that knows nothing of lifetimes is to make a new association in time. */
  private void endLifetime() {
    Association open = current;
    if (open != null && lifetime.isOver(open, System.nanoTime() - bornNanos)) {
      closeCurrent();
      listener.expired();
    }
  }

  private void closeCurrent() {
    Association open = current;
    UdpPeer at = peer;
    current = null;
    peer = null;
    if (open != null && at != null && open.confirmed()) {
      byte[] alert = new byte[64];
      int size = open.closeNotify(alert, 0);
      socket.send(at, alert, 0, size, size);
    }
  }
}
