package dev.teletun.tunnel.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be written to a stream: packets with the time at which they came, in a ring of
 * bytes that is filled on the loop and emptied by one writer, and a few messages that overtake
 * them.
 *
 * <p>A stream loses nothing, so nobody would tell the senders inside that it is full: this queue
 * does, by {@link Codel}. So all that comes is taken, as long as it is worth no more than {@link
 * #LONGEST_MILLIS}, and waits here where its age is known, and not in the local port.
 *
 * <pre>
 *   0 ──────────────────────── {@link #MARK} ────────────────────── {@link #PACKETS} ── whole
 *     takes more, if it is soon gone    full: takes what one superpacket becomes    messages only
 * </pre>
 */
final class SendQueue {
  /** Bytes beyond which nothing more should be given. */
  static final int MARK = 160 * 1024;

  /** What one superpacket becomes, cut into the segments of a tunnel. */
  static final int SUPERPACKET = 72 * 1024;

  /** Bytes that packets may take. */
  static final int PACKETS = MARK + SUPERPACKET;

  /** Packets that would wait for longer are dropped, beyond one superpacket. */
  static final int LONGEST_MILLIS = 40;

  /** Messages that wait at most to overtake packets. */
  static final int MOST_URGENT = 16;

  // Only how soon a writer that waits for room learns that it is closed.
  private static final Duration LOOK_UP = Duration.ofMillis(50);
  private static final int MESSAGES = 1024;
  private static final int TIME_BYTES = Long.BYTES;
  private static final int LENGTH_BYTES = 2;
  private static final int HEADER_BYTES = TIME_BYTES + LENGTH_BYTES;

  // The most that one record of TLS 1.3 holds (RFC 8446 §5.1), and a packet and a half.
  private static final int MOST_AT_ONCE = 16 * 1024;
  private static final int LEAST_AT_ONCE = 2 * 1024;
  private static final int AT_ONCE_MILLIS = 2;

  private final ByteRing ring = new ByteRing(PACKETS + MESSAGES);
  private final Queue<byte[]> urgent = new ArrayDeque<>();
  private final Codel codel = new Codel();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private byte[] chunk = new byte[MOST_AT_ONCE];
  private int limit = PACKETS; // until the path is known
  private boolean full;
  private boolean closed;
  private long dropped;

  /** Takes one packet behind its length, if there is room. */
  void packet(byte[] bytes, int at, int length) {
    lock.lock();
    try {
      put(bytes, at, length, limit);
    } finally {
      lock.unlock();
    }
  }

  /** Takes one message behind its length and behind all packets before it; room is kept for it. */
  void message(byte[] bytes) {
    lock.lock();
    try {
      put(bytes, 0, bytes.length, PACKETS + MESSAGES);
    } finally {
      lock.unlock();
    }
  }

  /** Takes one message that overtakes all packets. */
  void urgentMessage(byte[] bytes) {
    lock.lock();
    try {
      if (urgent.size() < MOST_URGENT) {
        urgent.add(bytes);
      } else {
        dropped++;
      }
    } finally {
      lock.unlock();
    }
  }

  private void put(byte[] bytes, int at, int length, int most) {
    if (ring.used() + HEADER_BYTES + length > most) {
      dropped++;
      return;
    }
    ring.putLong(System.nanoTime());
    ring.putShort(length);
    ring.put(bytes, at, length);
    full |= ring.used() > MARK;
  }

  /** Wakes the writer. */
  void flush() {
    lock.lock();
    try {
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** True from when the mark is passed until the writer is below half of it. */
  boolean isFull() {
    lock.lock();
    try {
      return full && !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Packets and messages that found no room, or waited for too long. */
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes until {@link #close}; runs {@code unblocked} each time the queue was full and is not.
   */
  void writeTo(OutputStream out, Room room, Runnable unblocked)
      throws IOException, InterruptedException {
    while (awaitWork()) {
      if (room.await(
          LOOK_UP)) { // then take, so that what waits is dropped and overtaken until then
        boolean wasFull = isFull();
        int size = take(room.bytesPerMilli());
        if (size > 0) {
          out.write(chunk, 0, size);
        }
        if (wasFull && !isFull()) {
          unblocked.run();
        }
      }
    }
  }

  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (ring.used() == 0 && urgent.isEmpty() && !closed) {
        work.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Takes what goes into one write; 0 if all that waited was dropped. */
  private int take(int bytesPerMilli) {
    int most = Math.clamp((long) AT_ONCE_MILLIS * bytesPerMilli, LEAST_AT_ONCE, MOST_AT_ONCE);
    lock.lock();
    try {
      limit = Math.clamp((long) LONGEST_MILLIS * bytesPerMilli, SUPERPACKET, PACKETS);
      int size = takeUrgent();
      long now = System.nanoTime();
      while (ring.used() > 0) {
        int length = ring.shortAt(TIME_BYTES);
        if (isTooOld(length, now)) {
          ring.skip(HEADER_BYTES + length);
          dropped++;
        } else if (size > 0 && size + LENGTH_BYTES + length > most) {
          break;
        } else {
          size = takeOne(size, length);
        }
      }
      full &= ring.used() > MARK / 2;
      return size;
    } finally {
      lock.unlock();
    }
  }

  private int takeUrgent() {
    int size = 0;
    for (byte[] message = urgent.poll(); message != null; message = urgent.poll()) {
      chunk[size] = (byte) (message.length >> 8);
      chunk[size + 1] = (byte) message.length;
      System.arraycopy(message, 0, chunk, size + LENGTH_BYTES, message.length);
      size += LENGTH_BYTES + message.length;
    }
    return size;
  }

  /** Asks of packets alone: their first nibble is not 0. */
  private boolean isTooOld(int length, long now) {
    int behind = ring.used() - HEADER_BYTES - length;
    return length > 0
        && (ring.byteAt(HEADER_BYTES) & 0xf0) != 0
        && codel.drops(now - ring.longAt(0), behind, now);
  }

  private int takeOne(int size, int length) {
    if (size + LENGTH_BYTES + length > chunk.length) {
      chunk = Arrays.copyOf(chunk, size + LENGTH_BYTES + length); // rare: 16 KB and more
    }
    ring.skip(TIME_BYTES);
    ring.take(chunk, size, LENGTH_BYTES + length);
    return size + LENGTH_BYTES + length;
  }

  /** Ends the writer; what waits is lost. */
  void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }
}
