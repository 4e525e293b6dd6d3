package dev.teletun.client.cluster.reach;

import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one forwarded connection, in the messages of {@code v4.channel.k8s.io}: a byte that
 * names the channel, 0 for data and 1 for what went wrong, then what belongs to it. The first
 * message of each channel is the port, two bytes that say nothing new.
 *
 * <p>Inbound, no message is asked for while {@link #LIMIT} bytes wait for the reader; outbound, a
 * message is sent when the one before it is with the kernel. So neither end can fill our memory.
 *
 * <p>Threads: the HTTP client's call the listener's methods, one reads, one at a time writes, any
 * closes.
 */
final class ForwardStream implements WebSocket.Listener {
  static final String PROTOCOL = "v4.channel.k8s.io";

  /** Bytes that may wait for the reader before no more is asked for. */
  static final int LIMIT = 256 * 1024;

  private static final int LARGEST_MESSAGE = 16 * 1024;
  private static final int LONGEST_WHY = 300;
  private static final int NORMAL = 1000; // RFC 6455 §7.4.1
  private static final byte DATA = 0;
  private static final byte ERROR = 1;
  private static final long SHORTEST_LOOK_NANOS = 20_000;
  private static final long LONGEST_LOOK_NANOS = 1_000_000;

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private final Object writing = new Object();
  private final Queue<ByteBuffer> arrived = new ArrayDeque<>();
  private final boolean[] begun = new boolean[ERROR + 1];
  private int waiting; // bytes in arrived
  private @Nullable WebSocket starved; // to be asked for more
  private volatile @Nullable WebSocket socket;
  private volatile @Nullable String ended;

  /** {@code name} is what the stream leads to. */
  ForwardStream(String name) {
    this.name = name;
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened; // which has been asked for its first message
  }

  @Override
  public void onMessage(WebSocket from, ByteBuffer message) {
    if (!message.hasRemaining()) {
      from.request();
      return;
    }
    byte channel = message.get();
    if (channel < DATA || channel > ERROR || !begun[channel]) {
      if (channel == DATA || channel == ERROR) {
        begun[channel] = true;
      }
      from.request();
    } else if (channel == ERROR) {
      byte[] why = new byte[Math.min(message.remaining(), LONGEST_WHY)];
      message.get(why);
      end("the cluster says: " + new String(why, java.nio.charset.StandardCharsets.UTF_8).strip());
      from.request();
    } else {
      arrived(from, message);
    }
  }

  private void arrived(WebSocket from, ByteBuffer data) {
    lock.lock();
    try {
      arrived.add(data);
      waiting += data.remaining();
      if (waiting < LIMIT) {
        from.request();
      } else {
        starved = from;
      }
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onClose(WebSocket from, int code, String reason) {
    end(
        "the API server closed it (%d%s)"
            .formatted(code, reason == null || reason.isEmpty() ? "" : " " + reason));
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    String message = error.getMessage();
    end(
        "the connection to the API server broke: %s"
            .formatted(message == null ? error.getClass().getSimpleName() : message));
  }

  /** The first reason is the one that counts. */
  private void end(String why) {
    lock.lock();
    try {
      if (ended == null) {
        ended = why;
      }
      change.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads what has arrived; waits for a byte.
   *
   * @param patienceMillis 0 for as long as it takes
   * @return how many; at least one
   * @throws IOException with why there will be no more
   */
  int read(byte[] into, int at, int most, int patienceMillis) throws IOException {
    long left = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    lock.lock();
    try {
      while (arrived.isEmpty()) {
        throwIfEnded();
        if (patienceMillis == 0) {
          change.await();
        } else if (left <= 0) {
          throw new SocketTimeoutException("nothing came in %d ms".formatted(patienceMillis));
        } else {
          left = change.awaitNanos(left);
        }
      }
      return take(into, at, most);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading", e);
    } finally {
      lock.unlock();
    }
  }

  private int take(byte[] into, int at, int most) {
    int taken = 0;
    for (ByteBuffer next = arrived.peek(); next != null && taken < most; next = arrived.peek()) {
      int size = Math.min(most - taken, next.remaining());
      next.get(into, at + taken, size);
      taken += size;
      if (!next.hasRemaining()) {
        arrived.remove();
      }
    }
    waiting -= taken;
    WebSocket from = starved;
    if (from != null && waiting < LIMIT / 2) {
      starved = null;
      from.request();
    }
    return taken;
  }

  /** Bytes that can be read without waiting. */
  int available() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends them, waiting for room.
   *
   * @throws IOException with why nothing can be sent any more
   */
  void write(byte[] bytes, int at, int length) throws IOException {
    synchronized (writing) {
      for (int sent = 0; sent < length; sent += LARGEST_MESSAGE) {
        int size = Math.min(LARGEST_MESSAGE, length - sent);
        ByteBuffer message = ByteBuffer.allocate(1 + size).put(DATA);
        message.put(bytes, at + sent, size).flip();
        while (!awaitSent(Long.MAX_VALUE)) {
          // Until there is room or an end.
        }
        WebSocket to = socket;
        if (to == null || !to.send(message)) {
          end("the connection to the API server takes nothing more");
          throwIfEnded();
        }
      }
    }
  }

  /**
   * Waits until everything has been sent. The HTTP client tells nobody of it, so this looks.
   *
   * @return false if it took longer than {@code patienceNanos}
   * @throws IOException if the stream has ended
   */
  boolean awaitSent(long patienceNanos) throws IOException {
    long begin = System.nanoTime();
    long pause = SHORTEST_LOOK_NANOS;
    for (WebSocket to = socket; to != null && to.queueSize() > 0; to = socket) {
      throwIfEnded();
      if (System.nanoTime() - begin >= patienceNanos) {
        return false;
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_LOOK_NANOS);
    }
    throwIfEnded();
    return true;
  }

  private void throwIfEnded() throws IOException {
    String why = ended;
    if (why != null) {
      throw new ForwardEndedException("the port-forward to %s ended: %s".formatted(name, why));
    }
  }

  /** Ends it; readers and writers wake. */
  void close() {
    end("closed");
    WebSocket open = socket;
    if (open != null) {
      boolean _ = open.sendClose(NORMAL, "");
    }
  }
}
