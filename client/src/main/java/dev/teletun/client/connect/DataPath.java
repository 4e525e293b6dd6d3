package dev.teletun.client.connect;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.end.Side;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.path.KernelPath;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The client's data channel: socket, association and tunnel end, with no device yet. */
final class DataPath implements Closeable, TunnelEnd.Listener {
  // A server may give the pod to another when nothing came for 30 s; NATs forget sooner.
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);
  private static final byte[] EMPTY = new byte[0];

  private final InetSocketAddress server;
  private volatile KernelPath path;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable Wired wired;
  private @Nullable CloseStack resources;

  private record Wired(EventLoop loop, UdpSocket socket, TunnelEnd end) {}

  private DataPath(InetSocketAddress server, KernelPath path) {
    this.server = server;
    this.path = path;
  }

  /** Completes the handshake, or fails after {@code patience}. */
  static DataPath open(
      InetSocketAddress server, Identity own, Pin pin, InnerFilter filter, Duration patience)
      throws IOException {
    DataPath data = new DataPath(server, KernelPath.to(server));
    try (CloseStack onFailure = new CloseStack()) {
      UdpSocket socket = onFailure.own(UdpSocket.connect(server));
      data.path.allowFragments(socket);
      EventLoop loop = onFailure.own(EventLoop.start("session"));
      ClientAssociation association =
          ClientAssociation.begin(
              loop, socket, UdpPeer.of(server), own, pin, data.path.pathMtu().bytes(), patience);
      onFailure.own(() -> loop.call(association::close));
      TunnelEnd end =
          TunnelEnd.open(Side.CLIENT, loop, socket, association, data.path.largestWhole(), data);
      onFailure.own(() -> loop.call(end::close));
      data.await(association.established(), patience);
      loop.call(() -> {
        end.filter(filter);
        end.feed(association::feedLeftover);
      });
      onFailure.own(loop.every(KEEPALIVE, () -> data.keepAlive(association, end)));
      data.wired = new Wired(loop, socket, end);
      CompletableFuture<Void> _ = loop.ended().whenComplete((_, failure) -> data.end(failure));
      data.resources = onFailure.handOver();
      return data;
    }
  }

  private void await(CompletableFuture<Association> established, Duration patience)
      throws IOException {
    try {
      established.get(patience.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof IOException io && io.getMessage() != null
              ? io.getMessage()
              : String.valueOf(e.getCause());
      throw new IOException(noAssociation(why), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(noAssociation("no answer"), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted during the DTLS handshake");
    }
  }

  private String noAssociation(String why) {
    return "UDP %s gave no data association, although TCP to the same port works: %s"
        .formatted(Addresses.text(server), why);
  }

  private void keepAlive(ClientAssociation association, TunnelEnd end) {
    Association now = association.current();
    if (now == null) {
      end(
          new IOException(
              "the data association has lived for an hour or 2^28 packets, and the server made no new one. Connect again"));
    } else if (now.peerClosed()) {
      end(new IOException("the server closed the data association"));
    } else {
      end.send(EMPTY);
      if (association.renewalDue()) {
        renew(association, end);
      }
    }
  }

  /** A failure is tried again with the next keepalive, for as long as the old association lives. */
  private void renew(ClientAssociation association, TunnelEnd end) {
    CompletableFuture<Association> _ =
        association
            .renew()
            .whenComplete((made, _) -> {
              if (made != null) {
                end.send(EMPTY); // at once: the server sends nothing on it before
                feedLeftover(association, end);
              }
            });
  }

  private void feedLeftover(ClientAssociation association, TunnelEnd end) {
    try {
      end.feed(association::feedLeftover);
    } catch (IOException e) {
      end(e);
    }
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
    if (wired != null) {
      try {
        measureOnLoop();
      } catch (IOException e) {
        end(e);
      }
    }
  }

  /** Asks the kernel again what the path carries. */
  void measure() throws IOException {
    wired().loop.call(this::measureOnLoop);
  }

  private void measureOnLoop() throws IOException {
    KernelPath now = KernelPath.to(server);
    now.allowFragments(wired().socket);
    wired().end.tunnelMtu(now.largestWhole());
    path = now;
  }

  EventLoop loop() {
    return wired().loop;
  }

  TunnelEnd end() {
    return wired().end;
  }

  private Wired wired() {
    Wired now = wired;
    if (now == null) {
      throw new IllegalStateException("the data path is not open yet");
    }
    return now;
  }

  int tunMtu() {
    return path.tunnelMtu().bytes();
  }

  boolean fragmentsOutside() {
    return path.fragmentsOutside();
  }

  /** Completes when the data path ends by itself, exceptionally with why. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public void close() throws IOException {
    CloseStack owned = resources;
    if (owned != null) {
      owned.close();
    }
  }
}
