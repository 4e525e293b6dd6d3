package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.control.DataConnection;
import dev.teletun.tunnel.transport.Inbox;
import dev.teletun.tunnel.transport.StreamTransport;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection for packets over TCP ready, for when UDP does not get through.
 *
 * <p>Threads: {@code stream}, which dials and then reads; everything else on any.
 */
final class StreamKeeper implements Closeable {

  /** Called on the loop. */
  interface Listener extends StreamTransport.Listener {
    /** Packets may go by {@code next}. */
    void opened(StreamTransport next);

    /** {@code gone} is closed. */
    void ended(StreamTransport gone);

    /** There is none, and the next attempt is a pause away. */
    void failed();
  }

  /** For one attempt. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LAST_PAUSE_MILLIS = 5_000;
  private static final long JOIN_MILLIS = 2_000;

  private record Target(Candidate at, Token token) {}

  private final EventLoop loop;
  private final Identity own;
  private final Pin pin;
  private final Inbox inbox;
  private final Listener listener;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private @Nullable Target target;
  private @Nullable Closeable open; // what there is of a connection
  private boolean closing;

  private StreamKeeper(EventLoop loop, Identity own, Pin pin, Inbox inbox, Listener listener) {
    this.loop = loop;
    this.own = own;
    this.pin = pin;
    this.inbox = inbox;
    this.listener = listener;
    thread = Thread.ofPlatform().name("stream").daemon().unstarted(this::run);
  }

  /** Waits for {@link #attached}. */
  static StreamKeeper start(EventLoop loop, Identity own, Pin pin, Inbox inbox, Listener listener) {
    StreamKeeper keeper = new StreamKeeper(loop, own, pin, inbox, listener);
    keeper.thread.start();
    return keeper;
  }

  /** A session has begun or goes on; a connection of another one is closed. */
  void attached(Candidate at, Token token) {
    synchronized (this) {
      Target next = new Target(at, token);
      if (!next.equals(target)) {
        target = next;
        hangUp();
      }
    }
    wake.release();
  }

  /** The network has changed: dials at once if it was about to. */
  void networkChanged() {
    wake.release();
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      wake.acquire();
      while (!isClosing()) {
        wake.drainPermits();
        pause = carry() ? FIRST_PAUSE_MILLIS : Math.min(LAST_PAUSE_MILLIS, 2 * pause);
        boolean _ = wake.tryAcquire(pause, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** True if packets could be carried until now. */
  private boolean carry() {
    StreamTransport stream;
    Target to = target();
    if (to == null) {
      loop.execute(listener::failed);
      return false;
    }
    try (Socket tcp = to.at.socket()) {
      begin(tcp, to);
      DataConnection connection =
          DataConnection.dial(tcp, to.at.tcp(), own, pin, to.token, PATIENCE);
      stream = StreamTransport.over(loop, connection.tls(), tcp, inbox, listener);
      loop.execute(() -> listener.opened(stream));
      readUntilTheEnd(stream);
      return true;
    } catch (IOException _) {
      loop.execute(listener::failed);
      return false; // refused, or no way there: the next attempt may do better
    }
  }

  private synchronized @Nullable Target target() {
    return closing ? null : target;
  }

  private synchronized void begin(Closeable attempt, Target to) throws IOException {
    if (closing || !to.equals(target)) {
      throw new IOException("closed, or to be dialled elsewhere");
    }
    open = attempt;
  }

  private void readUntilTheEnd(StreamTransport stream) {
    try {
      stream.read();
    } catch (IOException _) {
      loop.execute(() -> listener.ended(stream));
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private synchronized void hangUp() {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException _) {
      // Then it is closed.
    }
  }

  /** Closes the connection and ends the thread. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closing = true;
      hangUp();
    }
    wake.release();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
