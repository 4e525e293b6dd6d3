package dev.teletun.client.dns.stub;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.socket.InternetSocket;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks name servers, each query with a random id from a random port; at most {@link
 * #MOST_IN_FLIGHT} at once, the oldest is dropped. Loop thread only.
 */
final class Upstreams implements Closeable {

  /** Each is a descriptor; a process may usually have 1024. */
  static final int MOST_IN_FLIGHT = 256;

  private final EventLoop loop;
  private final ByteBuffer scratch;
  private final DnsCounts counts;
  private final SecureRandom random = new SecureRandom();
  private final Set<Exchange> inFlight = new LinkedHashSet<>();

  /**
   * Asks on {@code loop}.
   *
   * @param scratch as in {@link MessageWire}
   */
  Upstreams(EventLoop loop, ByteBuffer scratch, DnsCounts counts) {
    this.loop = loop;
    this.scratch = scratch;
    this.counts = counts;
  }

  /**
   * Asks the first server, and the next when that does not answer in its share of the time.
   *
   * @param patience for all servers together
   * @param outcome gets the message with the random id
   */
  void ask(
      Transport transport, List<Server> servers, byte[] query, Duration patience, Outcome outcome) {
    if (servers.isEmpty()) {
      outcome.unanswered(Outcome.Why.UNREACHABLE);
      return;
    }
    Duration share = patience.dividedBy(servers.size());
    List<Server> others = servers.subList(1, servers.size());
    ask(
        transport,
        servers.getFirst(),
        query,
        share,
        others.isEmpty()
            ? outcome
            : new Outcome() {
              @Override
              public void answered(byte[] message) {
                outcome.answered(message);
              }

              @Override
              public void unanswered(Why why) {
                if (why == Why.DROPPED) {
                  outcome.unanswered(why);
                } else {
                  ask(transport, others, query, patience.minus(share), outcome);
                }
              }
            });
  }

  private void ask(
      Transport transport, Server server, byte[] query, Duration patience, Outcome outcome) {
    if (inFlight.size() >= MOST_IN_FLIGHT) {
      inFlight.iterator().next().end(Outcome.Why.DROPPED);
    }
    Exchange exchange =
        new Exchange(
            DnsHeader.withId(query, random.nextInt(0x10000)),
            transport,
            patience,
            outcome,
            counts,
            inFlight::remove);
    inFlight.add(exchange);
    try {
      MessageWire wire =
          new MessageWire(
              loop,
              open(transport, server),
              transport,
              transport == Transport.UDP,
              scratch,
              exchange);
      exchange.start(wire);
      wire.start();
    } catch (IOException e) {
      exchange.end(Outcome.Why.UNREACHABLE);
    }
  }

  private static InternetSocket open(Transport transport, Server server) throws IOException {
    return transport == Transport.UDP
        ? InternetSocket.datagram(server.address(), server.fwmark())
        : InternetSocket.stream(server.address(), server.fwmark());
  }

  /**
   * True if the query is one that we sent and still wait for. Then somebody's rules sent it back to
   * us, mark or not, and to send it on would never end.
   */
  boolean sent(byte[] query) {
    return inFlight.stream().anyMatch(exchange -> exchange.sent(query));
  }

  /** Ends what waited too long; to be called now and then. */
  void expire() {
    long now = System.nanoTime();
    for (Exchange exchange : List.copyOf(inFlight)) {
      if (exchange.isOverdue(now)) {
        exchange.end(Outcome.Why.TIMEOUT);
      }
    }
  }

  @Override
  public void close() {
    List.copyOf(inFlight).forEach(exchange -> exchange.end(Outcome.Why.DROPPED));
  }
}
