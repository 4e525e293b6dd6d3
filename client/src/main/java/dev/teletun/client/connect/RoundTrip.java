package dev.teletun.client.connect;

import dev.teletun.client.dns.DnsProbe;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.tunnel.end.TunnelEnd;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Proves that packets reach the cluster and come back, before the host is touched: DNS queries
 * built in user space to each name server, then echo requests. Any packet to P is proof.
 */
final class RoundTrip {
  private static final int TRIES = 3;
  private static final Duration TRY = Duration.ofSeconds(1);
  private static final String NAME = "kubernetes.default.svc.cluster.local";
  private static final int FIRST_PORT = 0xc000;

  private final Duration patience;
  private final EventLoop loop;
  private final TunnelEnd end;
  private final List<byte[]> queries = new ArrayList<>();
  private final List<byte[]> echoes = new ArrayList<>();
  private final CompletableFuture<Void> answered = new CompletableFuture<>();

  /**
   * Prepares what is to be sent.
   *
   * @param fullSize bytes of the largest packet that the path is believed to carry
   */
  RoundTrip(
      EventLoop loop, TunnelEnd end, AddressList own, List<InetAddress> nameServers, int fullSize) {
    this(loop, end, own, nameServers, fullSize, TRY);
  }

  /** With another patience for each try than the usual one. */
  RoundTrip(
      EventLoop loop,
      TunnelEnd end,
      AddressList own,
      List<InetAddress> nameServers,
      int fullSize,
      Duration patience) {
    this.patience = patience;
    this.loop = loop;
    this.end = end;
    int id = 0;
    for (InetAddress server : nameServers) {
      for (InetAddress source : own.addresses()) {
        if (source.getAddress().length == server.getAddress().length) {
          id++;
          // First a packet of full size: a link on the way that is smaller than we believe answers
          // it before the query can come back, and the kernel knows the path MTU then.
          queries.add(DnsProbe.echoRequest(source, server, id, 0, fullSize));
          queries.add(DnsProbe.packet(source, server, FIRST_PORT + id, id, NAME));
          echoes.add(DnsProbe.echoRequest(source, server, id, 1));
          break;
        }
      }
    }
  }

  /** Sends a first record at once, and waits for no answer. */
  void sendFirst() throws IOException {
    loop.call(() -> end.early((_, _, _) -> answered.complete(null)));
    send(queries);
  }

  /**
   * Tries for three seconds, and with echo requests for three more.
   *
   * @throws IOException if nothing comes back
   */
  void await() throws IOException {
    sendFirst();
    for (int i = 0; i < 2 * TRIES; i++) {
      if (answeredWithin()) {
        return;
      }
      send(i < TRIES - 1 ? queries : echoes);
    }
    throw new IOException(
        ("the tunnel stands, but nothing came back through it in %d s: the pod's name servers answered"
                + " neither a DNS query nor an echo request. Look at the log of server-cluster, or use"
                + " -check=off if the cluster answers neither; this host was not changed")
            .formatted(patience.multipliedBy(2 * TRIES).toSeconds()));
  }

  /**
   * Each by itself: what leaves at once may leave as one superpacket, which a smaller link on the
   * way, or this host's kernel once it has heard of it, drops as a whole.
   */
  private void send(List<byte[]> packets) throws IOException {
    for (byte[] packet : packets) {
      loop.call(() -> end.send(packet));
    }
  }

  private boolean answeredWithin() throws IOException {
    try {
      answered.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException("the round trip could not be watched: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted during the first round trip");
    }
  }
}
