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
import org.jspecify.annotations.Nullable;

/** The client's association, from the first hello on, over its connected UDP socket. */
public final class ClientAssociation implements Associations, Closeable {
  private final UdpSocket socket;
  private final UdpPeer peer;
  private final Handshake handshake;
  private final CompletableFuture<Association> established = new CompletableFuture<>();
  private @Nullable Association association;

  private ClientAssociation(UdpSocket socket, UdpPeer peer, Handshake handshake) {
    this.socket = socket;
    this.peer = peer;
    this.handshake = handshake;
  }

  /**
   * Begins the handshake. The caller keeps the socket, connected to {@code peer}, and must pass on
   * what it receives.
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
    Handshake handshake =
        Handshake.client(
            own,
            server,
            pathMtu,
            (bytes, at, size) -> send(loop, socket, peer, bytes, at, size),
            deadline);
    ClientAssociation client = new ClientAssociation(socket, peer, handshake);
    CompletableFuture<Association> _ =
        handshake
            .result()
            .whenComplete((done, failure) -> loop.execute(() -> client.ended(done, failure)));
    return client;
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

  private void ended(@Nullable Association done, @Nullable Throwable failure) {
    if (done == null) {
      established.completeExceptionally(
          failure == null ? new IllegalStateException("handshake ended with nothing") : failure);
      return;
    }
    association = done;
    established.complete(done);
  }

  /** Passes on what arrived while the handshake's last datagrams were still queued. */
  public void feedLeftover(RecordSink sink) {
    Association done = association;
    if (done != null) {
      handshake.leftover().forEach(bytes -> done.receive(bytes, 0, bytes.length, sink));
    }
  }

  @Override
  public void received(DatagramTrain train, RecordSink sink) {
    Association open = association;
    for (int at = 0; at < train.length(); at += train.segmentBytes()) {
      int size = Math.min(train.segmentBytes(), train.length() - at);
      if (open == null) {
        handshake.offer(train.bytes(), at, size);
      } else {
        open.receive(train.bytes(), at, size, sink);
      }
    }
  }

  @Override
  public @Nullable Association current() {
    return association;
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
    handshake.close();
  }
}
