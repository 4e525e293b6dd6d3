package dev.teletun.dtls.handshake;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.control.PeerNotTrustedException;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.RecordHeader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/**
 * One DTLS 1.2 handshake, from the first hello to an {@link Association}.
 *
 * <p>BouncyCastle blocks, so it runs on a thread of its own, {@code dtls-handshake}, which ends
 * with the handshake. Afterwards BouncyCastle neither sends nor opens anything.
 *
 * <p>BouncyCastle's resend timer runs on wall-clock time: a clock set forward repeats a flight
 * early, one set back waits one interval longer. The deadline is monotonic.
 */
public final class Handshake implements Closeable {
  /**
   * First wait before a flight is repeated, which doubles each time; RFC 6347 §4.2.4.1 says 1 s. A
   * longer way carries a few hundred bytes twice, and a lossy one is done in a blink.
   */
  static final int RESEND_MILLIS = 150;

  private static final int IPV6_AND_UDP_HEADERS = 40 + 8;

  /** Alerts about a certificate that somebody does not want (RFC 5246 §7.2.2). */
  private static final List<Short> REFUSALS =
      List.of(
          AlertDescription.bad_certificate,
          AlertDescription.unsupported_certificate,
          AlertDescription.certificate_revoked,
          AlertDescription.certificate_expired,
          AlertDescription.certificate_unknown,
          AlertDescription.unknown_ca,
          AlertDescription.access_denied);

  private final Identity own;
  private final @Nullable VerifiedHello hello;
  private final Duration deadline;
  private final PeerCheck peer;
  private final ConnectionIds ids;
  private final HandshakeTransport transport;
  private final KeyCapturingCrypto crypto;
  private final CompletableFuture<Association> result = new CompletableFuture<>();
  private final Thread thread;

  private Handshake(
      Identity own,
      Pin peer,
      @Nullable VerifiedHello hello,
      ConnectionId connectionId,
      int pathMtuBytes,
      DatagramSink out,
      Duration deadline) {
    boolean server = hello != null;
    this.own = own;
    this.hello = hello;
    this.deadline = deadline;
    this.peer = new PeerCheck(peer);
    this.ids = new ConnectionIds(server, connectionId);
    this.transport =
        new HandshakeTransport(server, ids, out, pathMtuBytes - IPV6_AND_UDP_HEADERS, deadline);
    this.crypto = new KeyCapturingCrypto(transport::keep);
    this.thread = Thread.ofPlatform().daemon().name("dtls-handshake").unstarted(this::run);
  }

  /** As the other, and offers a new connection ID. */
  public static Handshake client(
      Identity own, Pin peer, int pathMtuBytes, DatagramSink out, Duration deadline) {
    return client(own, peer, ConnectionId.random(), pathMtuBytes, out, deadline);
  }

  /**
   * Starts as the client.
   *
   * @param connectionId what the server shall put into its records, if it knows RFC 9146; with
   *     {@link ConnectionId#NONE} none is offered
   * @param pathMtuBytes largest IP packet that reaches the peer whole, its headers included
   * @param out called on the handshake's thread
   * @param deadline after which {@link #result()} fails with a {@link SocketTimeoutException}
   */
  public static Handshake client(
      Identity own,
      Pin peer,
      ConnectionId connectionId,
      int pathMtuBytes,
      DatagramSink out,
      Duration deadline) {
    return new Handshake(own, peer, null, connectionId, pathMtuBytes, out, deadline).start();
  }

  /** As the other, and answers a client's connection ID with a new one. */
  public static Handshake server(
      Identity own,
      Pin peer,
      VerifiedHello hello,
      int pathMtuBytes,
      DatagramSink out,
      Duration deadline) {
    return server(own, peer, hello, ConnectionId.random(), pathMtuBytes, out, deadline);
  }

  /**
   * Starts as the server that got {@code hello}; otherwise as {@link #client}.
   *
   * @param connectionId what the client shall put into its records, if it offers the same; with
   *     {@link ConnectionId#NONE} the offer is ignored
   */
  public static Handshake server(
      Identity own,
      Pin peer,
      VerifiedHello hello,
      ConnectionId connectionId,
      int pathMtuBytes,
      DatagramSink out,
      Duration deadline) {
    return new Handshake(own, peer, hello, connectionId, pathMtuBytes, out, deadline).start();
  }

  private Handshake start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      if (hello == null) {
        new DTLSClientProtocol().connect(new PinnedClient(crypto, own, peer, ids), transport);
      } else {
        new DTLSServerProtocol()
            .accept(new PinnedServer(crypto, own, peer, ids), transport, hello.request());
      }
      transport.close();
      result.complete(association());
    } catch (IOException e) {
      transport.close();
      result.completeExceptionally(explain(e));
    } catch (Throwable t) { // an Error too: whoever waits must not wait for ever
      transport.close();
      result.completeExceptionally(t);
    }
  }

  private Association association() throws IOException {
    GcmRecordCipher cipher = crypto.cipher();
    if (cipher == null || !peer.passed()) {
      throw new IOException("the DTLS handshake ended without keys or without a trusted peer");
    }
    return hello == null
        ? Association.ofClient(cipher.sealer(), cipher.opener())
        : Association.ofServer(
            cipher.sealer(), cipher.opener(), transport.lastFlight(), System::nanoTime);
  }

  private IOException explain(IOException e) {
    PeerNotTrustedException refusal = peer.refusal();
    if (refusal != null) {
      return refusal;
    }
    Integer alert =
        e instanceof TlsFatalAlertReceived received
            ? Integer.valueOf(received.getAlertDescription())
            : transport.alert();
    if (alert != null) {
      return explainAlert(alert.shortValue(), e);
    }
    if (transport.timedOut()) {
      IOException timeout = new SocketTimeoutException(whyLate());
      timeout.initCause(e);
      return timeout;
    }
    return new IOException(
        "the DTLS handshake failed: %s. Both sides must speak DTLS 1.2 with ECDHE and AES-GCM"
            .formatted(e.getMessage()),
        e);
  }

  private static IOException explainAlert(short alert, IOException e) {
    String name = AlertDescription.getName(alert);
    return REFUSALS.contains(alert)
        ? PeerNotTrustedException.peerRefused(name, e)
        : new IOException(
            "the peer ended the DTLS handshake with alert %s. Its log may say why".formatted(name),
            e);
  }

  private String whyLate() {
    return transport.received() == 0
        ? "no DTLS answer within %d s. Check that UDP reaches the peer's port: firewall, NodePort"
            .formatted(deadline.toSeconds())
        : "the DTLS handshake got stuck: %d datagrams came within %d s. Check loss and path MTU"
            .formatted(transport.received(), deadline.toSeconds());
  }

  /**
   * True for what may belong to this handshake rather than to an older association with the same
   * peer: a record in clear, a Finished, or anything with the connection ID that is offered here.
   * Any thread.
   */
  public boolean isFor(byte[] datagram, int at, int length) {
    return length >= RecordHeader.LENGTH
        && (RecordHeader.epoch(datagram, at) == 0
            || RecordHeader.type(datagram, at) == RecordHeader.HANDSHAKE
            || ids.own().isOf(datagram, at, length));
  }

  /** Hands in a datagram from the peer; copies it. Any thread; what does not fit is dropped. */
  public void offer(byte[] datagram, int at, int length) {
    transport.offer(datagram, at, length);
  }

  /**
   * The association, or why there is none: {@link PeerNotTrustedException}, {@link
   * SocketTimeoutException} or another {@link IOException}. Completes on the handshake's thread.
   */
  public CompletableFuture<Association> result() {
    return result;
  }

  /**
   * Datagrams that came in and belong to the association: whoever has it must feed them to it. Each
   * call returns what has gathered since the one before.
   *
   * @throws IllegalStateException before {@link #result()} is complete
   */
  public List<byte[]> leftover() {
    if (!result.isDone()) {
      throw new IllegalStateException("the handshake still reads its datagrams");
    }
    return transport.leftover();
  }

  /** Datagrams that came faster than they could be handled. */
  public long dropped() {
    return transport.dropped();
  }

  /** Gives up, if it has not ended, and does not wait: the thread ends soon. Any thread. */
  public void abandon() {
    transport.abandon();
    thread.interrupt();
  }

  /**
   * Gives up, if it has not ended, and waits for the thread. Any thread, more than once.
   *
   * @throws IOException if the thread does not end within 5 s
   */
  @Override
  public void close() throws IOException {
    transport.abandon();
    if (Thread.currentThread().equals(thread)) { // closed by a listener of the result
      return;
    }
    thread.interrupt();
    try {
      if (!thread.join(Duration.ofSeconds(5))) {
        throw new IOException("the thread dtls-handshake does not end: is its sink stuck?");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a handshake was closed");
    }
  }
}
