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
 * <p>Each query leaves with a random id from a random port, which the kernel picks. {@link
 * #PER_SECOND} queries a second have a port of their own, which closes with the answer. The others
 * share as many, of which the oldest is given up so often that none lives for more than a second:
 * who asks thousands of times a second does not pay for as many sockets, nor for all at once. A
 * forged answer must hit port and id of its very query all the same (RFC 5452 §9.2), and a port
 * that somebody finds out is of use for a second.
 *
 * <p>What waits is bounded for each server, so that a silent one is in the way of its own queries
 * alone.
 */
final class QueryPorts implements QueryPort.Receiver, Closeable {

  /** When more wait, the oldest is dropped: who asked has asked again, or given up. */
  static final int MOST_IN_FLIGHT = 2_048;

  /** Of all queries that wait. */
  static final int MOST_BYTES = 1 << 20;

  /** Queries of a second that share no port, and ports for the others. */
  static final int PER_SECOND = 32;

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long STEP_NANOS = SECOND_NANOS / PER_SECOND;

  /** A query and where it left. */
  private record Asked(Exchange exchange, QueryPort port) {}

  private final EventLoop loop;
  private final Server server;
  private final ByteBuffer scratch;
  private final SecureRandom random;
  private final DnsCounts counts;
  private final Map<Integer, Asked> inFlight = new LinkedHashMap<>();
  private final List<QueryPort> shared = new ArrayList<>(); // the oldest comes first
  private long bytes;
  private long nextAloneNanos = System.nanoTime();
  private long nextRetiredNanos = nextAloneNanos;

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
      port = somePort(isSeldom(now));
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

  private QueryPort somePort(boolean alone) throws IOException {
    if (!alone && shared.size() >= PER_SECOND) {
      return anyShared();
    }
    QueryPort opened;
    try {
      opened = QueryPort.open(loop, server, scratch, this);
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
    if (nextAloneNanos - nowNanos > 0) {
      return false;
    }
    nextAloneNanos = later(nextAloneNanos, nowNanos - SECOND_NANOS) + STEP_NANOS;
    return true;
  }

  private void retireOld(long nowNanos) {
    while (!shared.isEmpty() && nowNanos - nextRetiredNanos >= 0) {
      shared.removeFirst().retire();
      nextRetiredNanos += STEP_NANOS;
    }
    nextRetiredNanos = later(nextRetiredNanos, nowNanos);
  }

  private static long later(long nanos, long otherNanos) {
    return nanos - otherNanos >= 0 ? nanos : otherNanos;
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
