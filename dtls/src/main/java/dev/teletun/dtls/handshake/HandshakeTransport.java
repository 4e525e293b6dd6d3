package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.record.RecordOpener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.tls.DatagramTransport;
import org.jspecify.annotations.Nullable;

/**
 * What BouncyCastle takes for its socket: a bounded queue in, the guard, a flight buffer out, and a
 * deadline on monotonic time. The handshake's thread owns it, but for {@link #offer}.
 *
 * <p>BouncyCastle gets one record at a time: it would drop the rest of a datagram whose first
 * record it cannot place.
 */
final class HandshakeTransport implements DatagramTransport {
  /** One record of the largest size, with room for the longest connection ID. */
  static final int LARGEST_DATAGRAM = RecordOpener.LARGEST_PLAINTEXT + 300;

  private static final int QUEUED_DATAGRAMS = 64;

  /**
   * How long an alert in clear waits for the peer to contradict it. Its sender is unknown; the true
   * peer falls silent after one, and goes on after a forged one.
   */
  private static final long ALERT_GRACE_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * BouncyCastle doubles its resend timer without a bound that helps. Between its resends the same
   * bytes leave again: a peer that got them before drops them as replayed, and repeats its own.
   */
  private static final long LONGEST_SILENCE_NANOS = Duration.ofSeconds(1).toNanos();

  private final BlockingQueue<byte[]> arrived = new ArrayBlockingQueue<>(QUEUED_DATAGRAMS);
  private final AtomicLong dropped = new AtomicLong();
  private final Queue<byte[]> records = new ArrayDeque<>();
  private final List<byte[]> kept = new ArrayList<>();
  private final IngressGuard guard;
  private final ConnectionIds ids;
  private final FlightBuffer out;
  private final int sendLimit;
  private final long startNanos = System.nanoTime();
  private final long deadlineNanos;
  private volatile boolean closed;
  private boolean timedOut;
  private long received;
  private long sentNanos = System.nanoTime();
  private @Nullable Integer alert;
  private long alertNanos;

  HandshakeTransport(
      boolean server, ConnectionIds ids, DatagramSink sink, int sendLimit, Duration deadline) {
    this.guard = new IngressGuard(server, ids);
    this.ids = ids;
    this.out = new FlightBuffer(sink, sendLimit);
    this.sendLimit = sendLimit;
    this.deadlineNanos = deadline.toNanos();
  }

  /** Copies the datagram, or counts it as dropped. Any thread. */
  void offer(byte[] datagram, int at, int length) {
    if (length > LARGEST_DATAGRAM
        || !arrived.offer(Arrays.copyOfRange(datagram, at, at + length))) {
      dropped.incrementAndGet();
    }
  }

  /**
   * The next record that passes the guard.
   *
   * @return its length, or -1 after {@code waitMillis}
   * @throws InterruptedIOException if closed, out of time, or told by the peer to stop
   */
  @Override
  public int receive(byte[] into, int at, int length, int waitMillis) throws IOException {
    out.endFlight();
    long waitNanos = TimeUnit.MILLISECONDS.toNanos(waitMillis);
    long start = System.nanoTime();
    while (records.isEmpty()) {
      long now = System.nanoTime();
      throwIfOver(now);
      repeatAfterSilence(now);
      long left = Math.min(waitNanos - (now - start), deadlineNanos - (now - startNanos));
      left = Math.min(left, LONGEST_SILENCE_NANOS - (now - sentNanos));
      if (alert != null) {
        left = Math.min(left, ALERT_GRACE_NANOS - (now - alertNanos));
      }
      byte[] datagram = poll(left);
      if (datagram != null) {
        received++;
        takeApart(datagram);
      } else if (System.nanoTime() - start >= waitNanos) {
        return -1;
      }
    }
    byte[] record = records.remove();
    System.arraycopy(record, 0, into, at, Math.min(record.length, length));
    return record.length; // more than length: BouncyCastle discards it
  }

  private void repeatAfterSilence(long now) {
    if (now - sentNanos >= LONGEST_SILENCE_NANOS) {
      sentNanos = now;
      out.repeatFlight();
    }
  }

  private byte @Nullable [] poll(long nanos) throws InterruptedIOException {
    try {
      return arrived.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the handshake's thread was interrupted");
    }
  }

  private void throwIfOver(long now) throws InterruptedIOException {
    if (closed) {
      throw new InterruptedIOException("the handshake was closed");
    }
    if (now - startNanos >= deadlineNanos) {
      timedOut = true;
      throw new InterruptedIOException("the handshake is out of time");
    }
    if (alert != null && now - alertNanos >= ALERT_GRACE_NANOS) {
      throw new InterruptedIOException("the peer sent alert " + alert);
    }
  }

  private void takeApart(byte[] datagram) {
    int at = 0;
    while (at < datagram.length) {
      int size = RecordHeader.size(datagram, at, datagram.length, ids.own().length());
      if (size < 0) {
        return;
      }
      take(Arrays.copyOfRange(datagram, at, at + size));
      at += size;
    }
  }

  private void take(byte[] record) {
    switch (guard.judge(record, 0)) {
      case PASS -> records.add(record);
      case KEEP -> keep(record);
      case ALERT -> noteAlert(record[RecordHeader.LENGTH + 1] & 0xFF);
      case DROP -> {}
    }
    if (guard.takeProgress()) {
      alert = null;
    }
  }

  /** Holds a record with a packet for the association. Handshake's thread. */
  void keep(byte[] record) {
    if (kept.size() < QUEUED_DATAGRAMS) {
      kept.add(record);
    }
  }

  private void noteAlert(int description) {
    if (alert == null) {
      alert = description;
      alertNanos = System.nanoTime();
    }
  }

  /** Never throws: what the network refuses is lost, and comes again. */
  @Override
  public void send(byte[] record, int at, int length) {
    if (!closed) {
      sentNanos = System.nanoTime();
      out.add(record, at, length);
    }
  }

  /** Lets the last flight out, and nothing after it. */
  @Override
  public void close() {
    if (!closed) {
      out.endFlight();
      closed = true;
    }
  }

  /** Any thread: the handshake's thread finds out at its next {@link #receive}. */
  void abandon() {
    closed = true;
  }

  List<byte[]> lastFlight() {
    return out.lastFlight();
  }

  /** Moves out what nobody has looked at: first what is older. */
  List<byte[]> leftover() {
    List<byte[]> leftover = new ArrayList<>(kept);
    kept.clear();
    leftover.addAll(records);
    records.clear();
    arrived.drainTo(leftover);
    return leftover;
  }

  boolean timedOut() {
    return timedOut;
  }

  /** The alert that ended it, by number. */
  @Nullable Integer alert() {
    return alert;
  }

  long received() {
    return received;
  }

  /** Datagrams that did not fit into the queue. */
  long dropped() {
    return dropped.get();
  }

  @Override
  public int getReceiveLimit() {
    return LARGEST_DATAGRAM;
  }

  @Override
  public int getSendLimit() {
    return sendLimit;
  }
}
