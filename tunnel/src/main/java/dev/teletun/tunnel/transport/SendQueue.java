package dev.teletun.tunnel.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be written to a stream: a ring of bytes, filled on the loop and emptied by one
 * writer.
 *
 * <pre>
 *   0 ────────── {@link #MARK} ───────────────────────── {@link #PACKETS} ── whole
 *     takes more      full: takes what one superpacket becomes     messages only
 * </pre>
 */
final class SendQueue {
  /** Bytes beyond which nothing more should be given: what waits here waits for all behind it. */
  static final int MARK = 8 * 1024;

  /** Bytes that packets may take: the mark, and a superpacket cut into the segments of a tunnel. */
  static final int PACKETS = MARK + 72 * 1024;

  private static final int MESSAGES = 1024;
  private static final int LENGTH_BYTES = 2;
  // The most that one record of TLS 1.3 holds (RFC 8446 §5.1).
  private static final int MOST_AT_ONCE = 16 * 1024;

  private final byte[] ring = new byte[PACKETS + MESSAGES];
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private int head;
  private int used;
  private boolean full;
  private boolean closed;
  private long dropped;

  /** Takes one packet behind its length, if there is room. */
  void packet(byte[] bytes, int at, int length) {
    put(bytes, at, length, PACKETS);
  }

  /** Takes one message behind its length, for which room is kept. */
  void message(byte[] bytes) {
    put(bytes, 0, bytes.length, ring.length);
  }

  private void put(byte[] bytes, int at, int length, int limit) {
    lock.lock();
    try {
      if (used + LENGTH_BYTES + length > limit) {
        dropped++;
        return;
      }
      put((byte) (length >> 8));
      put((byte) length);
      int tail = (head + used) % ring.length;
      int whole = Math.min(length, ring.length - tail);
      System.arraycopy(bytes, at, ring, tail, whole);
      System.arraycopy(bytes, at + whole, ring, 0, length - whole);
      used += length;
      full |= used > MARK;
    } finally {
      lock.unlock();
    }
  }

  private void put(byte value) {
    ring[(head + used) % ring.length] = value;
    used++;
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

  /** True from when the mark is passed until the writer is below it again. */
  boolean isFull() {
    lock.lock();
    try {
      return full && !closed;
    } finally {
      lock.unlock();
    }
  }

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
  void writeTo(OutputStream out, Runnable unblocked) throws IOException, InterruptedException {
    for (int size = awaitWork(); size > 0; size = awaitWork()) {
      out.write(ring, head, size); // head is the writer's, and what is written stays used till then
      if (wrote(size)) {
        unblocked.run();
      }
    }
  }

  private int awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (used == 0 && !closed) {
        work.await();
      }
      return closed ? 0 : Math.min(Math.min(used, MOST_AT_ONCE), ring.length - head);
    } finally {
      lock.unlock();
    }
  }

  private boolean wrote(int size) {
    lock.lock();
    try {
      head = (head + size) % ring.length;
      used -= size;
      boolean again = full && used <= MARK;
      full &= !again;
      return again;
    } finally {
      lock.unlock();
    }
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
