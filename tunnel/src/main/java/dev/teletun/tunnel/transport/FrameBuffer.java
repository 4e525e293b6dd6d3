package dev.teletun.tunnel.transport;

import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.packet.NetworkOrder;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one thread reads from a stream and another takes apart: packets and messages, each behind
 * its length in 2 bytes.
 *
 * <pre>
 *   0 ─────── at ────────── whole ─────────── have ──────
 *     taken      offered          cut short        free
 * </pre>
 *
 * The reader has the buffer until {@link #offer} says that there is something whole in it, the
 * taker until {@link #isTaken}.
 */
final class FrameBuffer {
  private static final int LENGTH_BYTES = 2;
  private static final int LONGEST = 0xffff;

  private final byte[] bytes = new byte[LENGTH_BYTES + LONGEST];
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition taken = lock.newCondition();
  private int have;
  private int whole;
  private int at;
  private boolean closed;

  /** Reads what there is; less than 0 at the end of the stream. */
  int readFrom(InputStream in) throws IOException {
    int size = in.read(bytes, have, bytes.length - have);
    have += Math.max(0, size);
    return size;
  }

  /**
   * Offers what is whole.
   *
   * @return false if nothing is
   * @throws ControlException if a length is 0
   */
  boolean offer() throws ControlException {
    int end = 0;
    while (have - end >= LENGTH_BYTES && end + LENGTH_BYTES + lengthAt(end) <= have) {
      end += LENGTH_BYTES + lengthAt(end);
    }
    lock.lock();
    try {
      whole = end;
      at = 0;
      return end > 0;
    } finally {
      lock.unlock();
    }
  }

  private int lengthAt(int frame) throws ControlException {
    int length = NetworkOrder.u16(bytes, frame);
    if (length == 0) {
      throw new ControlException("the peer sent a packet of no bytes over TCP");
    }
    return length;
  }

  /**
   * Waits until all that was offered is taken, and makes room for more.
   *
   * @return false if it is closed: then the taker may have the buffer still
   */
  boolean awaitTaken() throws InterruptedException {
    lock.lock();
    try {
      while (at < whole && !closed) {
        taken.await();
      }
      if (closed) {
        return false;
      }
    } finally {
      lock.unlock();
    }
    System.arraycopy(bytes, whole, bytes, 0, have - whole);
    have -= whole;
    return true;
  }

  /** True if nothing of what was offered is left. */
  boolean isTaken() {
    lock.lock();
    try {
      return at >= whole;
    } finally {
      lock.unlock();
    }
  }

  byte[] bytes() {
    return bytes;
  }

  /** Where the next packet or message begins. */
  int at() {
    return at + LENGTH_BYTES;
  }

  /** Its length. */
  int length() {
    return NetworkOrder.u16(bytes, at);
  }

  /** Lets go of it. */
  void next() {
    int size = LENGTH_BYTES + length();
    lock.lock();
    try {
      at += size;
      if (at >= whole) {
        taken.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Wakes the reader. */
  void close() {
    lock.lock();
    try {
      closed = true;
      taken.signal();
    } finally {
      lock.unlock();
    }
  }
}
