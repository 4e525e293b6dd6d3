package dev.teletun.client.dns.stub;

import dev.teletun.linux.loop.EventLoop;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one server is asked over UDP. Loop thread only.
 *
 * <p>Each query leaves with a random id from a random port, which the kernel picks. The first
 * {@link #MOST_ALONE} of a second have a port of their own, which closes with the answer. The
 * others share as many, which are given up after a second: who asks thousands of times a second
 * does not pay for as many sockets. A forged answer must hit port and id of its very query all the
 * same (RFC 5452 §9.2), and a port that somebody finds out is of use for a second.
 *
 * <p>What waits is bounded for each server, so that a silent one is in the way of its own queries
 * alone.
 */
final class QueryPorts implements QueryPort.Receiver, Closeable {

  /** When more wait, the oldest is dropped: who asked has asked again, or given up. */
  static final int MOST_IN_FLIGHT = 2_048;

  /** Of all queries that wait. */
  static final int MOST_BYTES = 1 << 20;

  /** Queries of a second that share no port, and then ports that are shared. */
  static final int MOST_ALONE = 32;

  private static final long SECOND_NANOS = 1_000_000_000L;

  /** A query and where it left. */
  private record Asked(Exchange exchange, QueryPort port) {}

  private final EventLoop loop;
  private final Server server;
  private final ByteBuffer scratch;
  private final SecureRandom random;
  private final DnsCounts counts;
  private final Map<Integer, Asked> inFlight = new LinkedHashMap<>();
  private final List<QueryPort> shared = new ArrayList<>();
  private long bytes;
  private long secondBegan = System.nanoTime();
  private int askedInSecond;

  /**
   * Asks {@code server} on {@code loop}.
   *
   * @param scratch as in {@link QueryPort}
   */
  QueryPorts(
      EventLoop loop, Server server, ByteBuffer scratch, SecureRandom random, DnsCounts counts) {
    this.loop = loop;
    this.server = server;
    this.scratch = scratch;
    this.random = random;
    this.counts = counts;
  }

  /** As {@link Upstreams#ask}. */
  void ask(byte[] query, Duration patience, Outcome outcome) {
    makeRoom(query.length);
    int id = freeId();
    byte[] asked = DnsHeader.withId(query, id);
    Exchange exchange = new Exchange(asked, Transport.UDP, patience, outcome, counts, this::ended);
    long now = System.nanoTime();
    retireOld(now);
    QueryPort port;
    try {
      port = somePort(isSeldom(now), now);
    } catch (IOException e) {
      exchange.end(Outcome.Why.UNREACHABLE);
      return;
    }
    inFlight.put(id, new Asked(exchange, port));
    bytes += asked.length;
    try {
      port.send(asked);
      if (!shared.contains(port)) {
        port.retire();
      }
    } catch (IOException e) {
      unreachable(port);
    }
  }

  private void makeRoom(int length) {
    while (inFlight.size() >= MOST_IN_FLIGHT
        || (!inFlight.isEmpty() && bytes + length > MOST_BYTES)) {
      inFlight.values().iterator().next().exchange().end(Outcome.Why.DROPPED);
    }
  }

  private int freeId() {
    int id;
    do {
      id = random.nextInt(0x10000);
    } while (inFlight.containsKey(id));
    return id;
  }

  private QueryPort somePort(boolean alone, long nowNanos) throws IOException {
    if (!alone && shared.size() >= MOST_ALONE) {
      return anyShared();
    }
    QueryPort opened;
    try {
      opened = QueryPort.open(loop, server, scratch, this, nowNanos);
    } catch (IOException e) { // perhaps no port or descriptor is left
      if (shared.isEmpty()) {
        throw e;
      }
      return anyShared();
    }
    if (!alone) {
      shared.add(opened);
    }
    return opened;
  }

  private QueryPort anyShared() {
    return shared.get(random.nextInt(shared.size()));
  }

  private boolean isSeldom(long nowNanos) {
    if (nowNanos - secondBegan >= SECOND_NANOS) {
      secondBegan = nowNanos;
      askedInSecond = 0;
    }
    return ++askedInSecond <= MOST_ALONE;
  }

  /** The oldest come first. */
  private void retireOld(long nowNanos) {
    while (!shared.isEmpty() && nowNanos - shared.getFirst().openedNanos() >= SECOND_NANOS) {
      shared.removeFirst().retire();
    }
  }

  private void ended(Exchange exchange) {
    Asked asked = inFlight.remove(exchange.id());
    if (asked != null) { // else there was no port for it
      bytes -= exchange.length();
      asked.port().settled();
    }
  }

  @Override
  public void received(QueryPort port, byte[] message) {
    Asked asked = message.length < DnsHeader.BYTES ? null : inFlight.get(DnsHeader.id(message));
    if (asked == null || asked.port() != port) {
      counts.refusedAnswers.increment();
    } else {
      asked.exchange().received(message);
    }
  }

  /** What is said of one query is true of those that went the same way, and are as old. */
  @Override
  public void unreachable(QueryPort port) {
    shared.remove(port);
    port.retire();
    for (Asked asked : List.copyOf(inFlight.values())) {
      if (asked.port() == port) {
        asked.exchange().end(Outcome.Why.UNREACHABLE);
      }
    }
  }

  /** As {@link Upstreams#sent}. */
  boolean sent(byte[] query) {
    Asked asked = inFlight.get(DnsHeader.id(query));
    return asked != null && asked.exchange().sent(query);
  }

  /** Ends what waited too long, and gives up old ports; to be called now and then. */
  void expire(long nowNanos) {
    for (Asked asked : List.copyOf(inFlight.values())) {
      if (asked.exchange().isOverdue(nowNanos)) {
        asked.exchange().end(Outcome.Why.TIMEOUT);
      }
    }
    retireOld(nowNanos);
  }

  /** True if it holds nothing. */
  boolean isIdle() {
    return inFlight.isEmpty() && shared.isEmpty();
  }

  @Override
  public void close() {
    for (Asked asked : List.copyOf(inFlight.values())) {
      asked.exchange().end(Outcome.Why.DROPPED);
    }
    shared.forEach(QueryPort::retire);
    shared.clear();
  }
}
