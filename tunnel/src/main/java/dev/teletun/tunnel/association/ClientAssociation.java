package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's association, from the first hello on, over its connected UDP socket; and the next
 * one, which takes over as soon as its handshake has succeeded.
 *
 * <p>Loop thread, unless a method says otherwise.
 */
public final class ClientAssociation implements Associations, Closeable {
  private final EventLoop loop;
  private final UdpSocket socket;
  private final UdpPeer peer;
  private final Supplier<Handshake> dial;
  private final Lifetime lifetime;
  private final CompletableFuture<Association> established;
  private volatile @Nullable Handshake underWay; // set first where it was begun
  private @Nullable Handshake done;
  private @Nullable Association association;
  private long bornNanos;

  private ClientAssociation(
      EventLoop loop, UdpSocket socket, UdpPeer peer, Supplier<Handshake> dial, Lifetime lifetime) {
    this.loop = loop;
    this.socket = socket;
    this.peer = peer;
    this.dial = dial;
    this.lifetime = lifetime;
    this.established = renew();
  }

  /**
   * Begins the handshake. The caller keeps the socket, connected to {@code peer}, and must pass on
   * what it receives. Any thread.
   *
   * @param pathMtu bytes of the largest outer packet
   */
  public static ClientAssociation begin(
      EventLoop loop,
      UdpSocket socket,
      UdpPeer peer,
      Identity own,
      Pin server,
      int pathMtu,
      Duration deadline) {
    return begin(loop, socket, peer, own, server, pathMtu, deadline, Lifetime.STANDARD);
  }

  /** With another lifetime than the standard one. */
  static ClientAssociation begin(
      EventLoop loop,
      UdpSocket socket,
      UdpPeer peer,
      Identity own,
      Pin server,
      int pathMtu,
      Duration deadline,
      Lifetime lifetime) {
    Supplier<Handshake> dial =
        () ->
            Handshake.client(
                own,
                server,
                pathMtu,
                (bytes, at, size) -> send(loop, socket, peer, bytes, at, size),
                deadline);
    return new ClientAssociation(loop, socket, peer, dial, lifetime);
  }

  /**
   * Begins the next association, beside the one that is there.
   *
   * @return completes on the loop, with what has taken over or with why nothing has
   */
  public CompletableFuture<Association> renew() {
    CompletableFuture<Association> result = new CompletableFuture<>();
    Handshake begun = dial.get();
    underWay = begun;
    CompletableFuture<Association> _ =
        begun
            .result()
            .whenComplete(
                (made, failure) -> loop.execute(() -> ended(begun, made, failure, result)));
    return result;
  }

  /** True while there is an association that should be followed by another, and none begun. */
  public boolean renewalDue() {
    Association open = association;
    return open != null
        && underWay == null
        && lifetime.isRenewalDue(open, System.nanoTime() - bornNanos);
  }

  private static void send(
      EventLoop loop, UdpSocket socket, UdpPeer peer, byte[] bytes, int at, int size) {
    byte[] copy = Arrays.copyOfRange(bytes, at, at + size);
    loop.execute(() -> socket.send(peer, copy, 0, copy.length, copy.length));
  }

  /** Completes on the loop, with the association or with why there is none. */
  public CompletableFuture<Association> established() {
    return established;
  }

  private void ended(
      Handshake ended,
      @Nullable Association made,
      @Nullable Throwable failure,
      CompletableFuture<Association> result) {
    if (ended.equals(underWay)) {
      underWay = null;
    }
    if (made == null) {
      result.completeExceptionally(
          failure == null ? new IllegalStateException("handshake ended with nothing") : failure);
      return;
    }
    association = made;
    bornNanos = System.nanoTime();
    done = ended;
    result.complete(made);
  }

  /** Passes on what arrived while the handshake's last datagrams were still queued. */
  public void feedLeftover(RecordSink sink) {
    Association open = association;
    Handshake of = done;
    if (open != null && of != null) {
      of.leftover().forEach(bytes -> open.receive(bytes, 0, bytes.length, sink));
    }
  }

  @Override
  public void received(DatagramTrain train, RecordSink sink) {
    for (int at = 0; at < train.length(); at += train.segmentBytes()) {
      int size = Math.min(train.segmentBytes(), train.length() - at);
      received(train.bytes(), at, size, sink);
    }
  }

  private void received(byte[] bytes, int at, int size, RecordSink sink) {
    Association open = current();
    Handshake handshake = underWay;
    if (handshake != null && (open == null || Handshake.isPartOfOne(bytes, at, size))) {
      handshake.offer(bytes, at, size);
    } else if (open != null) {
      open.receive(bytes, at, size, sink);
    }
  }

  /** Null before the first handshake has ended, and at the end of a lifetime. */
  @Override
  public @Nullable Association current() {
    Association open = association;
    return open == null || lifetime.isOver(open, System.nanoTime() - bornNanos) ? null : open;
  }

  @Override
  public UdpPeer peer() {
    return peer;
  }

  /** Tells the peer goodbye, if there is an association, and gives up a handshake. Loop thread. */
  @Override
  public void close() throws IOException {
    Association open = association;
    if (open != null) {
      byte[] alert = new byte[64];
      int size = open.closeNotify(alert, 0);
      socket.send(peer, alert, 0, size, size);
      association = null;
    }
    Handshake handshake = underWay;
    if (handshake != null) {
      handshake.close();
    }
  }
}
