package dev.teletun.bench.handshakes;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.lab.relay.Impairment;
import dev.teletun.lab.relay.RandomPassage;
import dev.teletun.lab.relay.UdpRelay;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.association.UdpTransport;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server with a session, a relay that is a bad network, and one client after the other. */
final class Line implements Closeable {
  private static final int PATH_MTU = 1400;
  private static final Duration PATIENCE = Duration.ofSeconds(8); // the client's own

  private final CloseStack owned = new CloseStack();
  private final EventLoop loop;
  private final Identity clientKey;
  private final Identity serverKey;
  private final Token token = Token.random();
  private final UdpRelay relay;

  Line(Identity clientKey, Identity serverKey, Impairment bad, long seed) throws IOException {
    this.clientKey = clientKey;
    this.serverKey = serverKey;
    loop = owned.own(EventLoop.start("line"));
    UdpSocket socket = owned.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    ServerEnd listener = new ServerEnd();
    ServerAssociations server =
        new ServerAssociations(loop, socket, serverKey, clientKey.pin(), PATH_MTU, listener);
    UdpTransport transport = UdpTransport.open(loop, socket, server, new NoInbox(), () -> {});
    listener.hears(server, transport);
    owned.own(() ->
        loop.call(() -> {
          server.close();
          transport.close();
        }));
    loop.call(() -> {
      transport.reading(true);
      server.open(InetAddress.getLoopbackAddress(), token);
    });
    relay =
        owned.own(
            UdpRelay.start(
                socket.localAddress(),
                new RandomPassage(bad, seed),
                new RandomPassage(bad, seed + 1)));
  }

  /** One handshake. */
  Took shakeHands() throws IOException, InterruptedException {
    InetSocketAddress address = relay.address();
    try (UdpSocket socket = UdpSocket.connect(address)) {
      long began = System.nanoTime();
      ClientAssociation client =
          ClientAssociation.begin(
              loop,
              socket,
              UdpPeer.of(address),
              clientKey,
              serverKey.pin(),
              Optional.of(token),
              Lifetime.STANDARD,
              PATH_MTU,
              PATIENCE);
      CompletableFuture<Long> established = client.established().thenApply(_ -> now(began));
      CompletableFuture<Long> ready = client.ready().thenApply(_ -> now(began));
      UdpTransport transport = UdpTransport.open(loop, socket, client, new NoInbox(), () -> {});
      loop.call(() -> transport.reading(true));
      try {
        return new Took(nanos(established), nanos(ready));
      } finally {
        loop.call(() -> {
          client.close();
          transport.close();
        });
      }
    }
  }

  private static long now(long began) {
    return System.nanoTime() - began;
  }

  private static long nanos(CompletableFuture<Long> future) throws InterruptedException {
    try {
      return future.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException _) {
      return Took.FAILED;
    }
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
