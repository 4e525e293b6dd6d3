package dev.teletun.client.dns.stub;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.socket.InternetSocket;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Asks name servers, each query with a random id from a random port: over UDP as {@link QueryPorts}
 * says, over TCP on a connection of its own. Loop thread only.
 */
final class Upstreams implements Closeable {

  /** Each is a descriptor, and a process may have 1024; then the oldest is dropped. */
  static final int MOST_CONNECTIONS = 256;

  private final EventLoop loop;
  private final ByteBuffer scratch;
  private final DnsCounts counts;
  private final SecureRandom random = new SecureRandom();
  private final Map<Server, QueryPorts> datagrams = new HashMap<>();
  private final Set<Exchange> connections = new LinkedHashSet<>();

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
    switch (transport) {
      case UDP -> ports(server).ask(query, patience, outcome);
      case TCP -> askOnConnection(server, query, patience, outcome);
    }
  }

  private QueryPorts ports(Server server) {
    return datagrams.computeIfAbsent(
        server, to -> new QueryPorts(loop, to, scratch, random, counts));
  }

  private void askOnConnection(Server server, byte[] query, Duration patience, Outcome outcome) {
    if (connections.size() >= MOST_CONNECTIONS) {
      connections.iterator().next().end(Outcome.Why.DROPPED);
    }
    byte[] asked = DnsHeader.withId(query, random.nextInt(0x10000));
    Exchange exchange =
        new Exchange(asked, Transport.TCP, patience, outcome, counts, connections::remove);
    connections.add(exchange);
    try {
      InternetSocket socket = InternetSocket.stream(server.address(), server.fwmark());
      MessageWire wire = new MessageWire(loop, socket, false, scratch, exchange);
      exchange.start(wire);
      wire.start();
    } catch (IOException e) {
      exchange.end(Outcome.Why.UNREACHABLE);
    }
  }

  /**
   * True if the query is one that we sent and still wait for. Then somebody's rules sent it back to
   * us, mark or not, and to send it on would never end.
   */
  boolean sent(byte[] query) {
    for (QueryPorts ports : datagrams.values()) {
      if (ports.sent(query)) {
        return true;
      }
    }
    for (Exchange exchange : connections) {
      if (exchange.sent(query)) {
        return true;
      }
    }
    return false;
  }

  /** Ends what waited too long; to be called now and then. */
  void expire() {
    long now = System.nanoTime();
    for (Exchange exchange : List.copyOf(connections)) {
      if (exchange.isOverdue(now)) {
        exchange.end(Outcome.Why.TIMEOUT);
      }
    }
    for (QueryPorts ports : List.copyOf(datagrams.values())) { // others may be asked now
      ports.expire(now);
    }
    datagrams.values().removeIf(QueryPorts::isIdle);
  }

  @Override
  public void close() {
    List.copyOf(connections).forEach(exchange -> exchange.end(Outcome.Why.DROPPED));
    List.copyOf(datagrams.values()).forEach(QueryPorts::close);
  }
}
