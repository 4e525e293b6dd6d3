package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.control.ClientSession;
import dev.teletun.tunnel.control.SlotBusyException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's stay with the server, over as many control connections as it takes.
 *
 * <pre>
 *   dial ──► attached ──connection lost──► pause ──► dial
 *                └──the server says bye, or gives the pod to another──► ended
 * </pre>
 *
 * Threads: {@code control}, which dials and reads; {@code ladder}, which looks for better ways and
 * keeps those alive that the kernel does not; everything public may be called on any.
 */
final class Control implements Closeable {

  /** Called on the threads {@code control} and {@code ladder}, on one at a time. */
  interface Listener {
    /** The pod is ours again; the session may be another than before. */
    void attached(Attachment what) throws IOException;

    /** The session goes on by a better way; the one before worked until now. */
    void moved(Attachment what) throws IOException;

    /** The connection is lost, and dialled again until {@link #attached}. */
    void lost(String why);

    /** Dialling again did not succeed this time. */
    void dialFailed();

    /** The pod was replaced by one with other addresses. */
    void podChanged(AddressList addresses, ResolvConf resolvConf) throws IOException;

    /** The server says what it knows of the cluster. */
    void learned(ControlMessage.Facts facts);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Duration REDIAL_PATIENCE = Duration.ofSeconds(3);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LAST_PAUSE_MILLIS = 1_000;
  private static final Duration LONGEST_BUSY = Duration.ofSeconds(60);
  private static final Duration PONG_PATIENCE = Duration.ofSeconds(3);

  private static final Duration ALONE = Duration.ofSeconds(3);
  private static final Duration ALIVE = Duration.ofSeconds(10);
  private static final Duration LONGEST_CONTENT = Duration.ofMinutes(1);

  private final Ladder ladder;
  private final UUID instance = UUID.randomUUID();
  private final String who = Identification.text();
  private final Semaphore wake = new Semaphore(0);
  private final Semaphore content = new Semaphore(0);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Object moves = new Object(); // held while the session goes to another connection
  private volatile ClientSession session;
  private volatile Attachment attachment;
  private volatile boolean closing;
  private long drainMillis;

  private Control(Ladder ladder, Reached first, boolean takeover) throws IOException {
    this.ladder = ladder;
    this.session = first.session();
    this.attachment = attach(first, Optional.empty(), takeover);
  }

  /**
   * Dials for the first time.
   *
   * @throws SlotBusyException if another client holds the pod
   */
  static Control open(Ladder ladder, boolean takeover) throws IOException {
    Reached first = ladder.climb(PATIENCE);
    try {
      return new Control(ladder, first, takeover);
    } catch (IOException e) {
      first.session().drop();
      throw e;
    }
  }

  private Attachment attach(Reached to, Optional<Token> token, boolean takeover)
      throws IOException {
    ClientSession by = to.session();
    ResolvConf resolvConf = ResolvConf.parse(by.resolvConf());
    if (!by.isVersion2()) {
      return new Attachment(to.at(), Optional.empty(), false, by.addresses(), resolvConf);
    }
    ControlMessage.Attached attached =
        by.attach(new ControlMessage.Attach(instance, token, takeover, who), PATIENCE);
    return new Attachment(
        to.at(), Optional.of(attached.token()), attached.resumed(), by.addresses(), resolvConf);
  }

  /** What the server said last. */
  Attachment attachment() {
    return attachment;
  }

  /** Reads, and dials again, from now on. */
  void keep(Listener listener) {
    ladder.inside(attachment.addresses().addresses());
    Thread.ofPlatform().name("control").daemon().start(() -> run(listener));
    if (attachment.token().isPresent()) {
      Thread.ofPlatform().name("ladder").daemon().start(() -> lookForBetter(listener));
    }
  }

  private void run(Listener listener) {
    try {
      while (!closing) {
        ClientSession now = session;
        String why = readUntilLost(now, listener);
        synchronized (moves) {
          if (!closing && now.equals(session)) { // else it has moved
            listener.lost(why);
            redial(listener);
          }
        }
      }
      ended.complete(null);
    } catch (IOException | RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  private String readUntilLost(ClientSession from, Listener listener) throws IOException {
    Farewell farewell = new Farewell();
    try {
      from.run(message -> received(message, listener, farewell));
      return "closed";
    } catch (IOException e) {
      if (farewell.why != null) {
        throw new IOException(
            "the server ended the session: " + ControlException.shown(farewell.why), e);
      }
      return String.valueOf(e.getMessage());
    }
  }

  private static final class Farewell {
    @Nullable String why;
  }

  private void received(ControlMessage message, Listener listener, Farewell farewell) {
    switch (message) {
      case ControlMessage.AddressesChanged changed -> {
        try {
          listener.podChanged(changed.addresses(), ResolvConf.parse(changed.resolvConf()));
        } catch (IOException e) {
          ended.completeExceptionally(e);
        }
      }
      case ControlMessage.Facts facts -> listener.learned(facts);
      case ControlMessage.Drain drain ->
          drainMillis = Math.min(drain.within().toMillis(), LONGEST_BUSY.toMillis());
      case ControlMessage.Bye bye -> farewell.why = bye.why();
      default -> {
        // Pongs are noted where they are read; nothing else concerns a client.
      }
    }
  }

  private void redial(Listener listener) throws IOException {
    long pause = FIRST_PAUSE_MILLIS + random(drainMillis);
    drainMillis = 0;
    long busySince = 0;
    long begunNanos = System.nanoTime();
    while (!closing) {
      pause(pause);
      try {
        attachment = dialAgain(System.nanoTime() - begunNanos >= ALONE.toNanos());
        listener.attached(attachment);
        return;
      } catch (SlotBusyException e) {
        long now = System.nanoTime();
        busySince = busySince == 0 ? now : busySince;
        if (now - busySince > LONGEST_BUSY.toNanos() || attachment.token().isPresent()) {
          throw e;
        }
      } catch (IOException _) {
        listener.dialFailed();
        findAgain();
      }
      pause = Math.min(LAST_PAUSE_MILLIS, pause * 2) + random(FIRST_PAUSE_MILLIS);
    }
  }

  /** Where it was last, for a server that restarts is soon back; after a while anywhere. */
  private Attachment dialAgain(boolean anywhere) throws IOException {
    return take(
        anywhere ? ladder.climb(REDIAL_PATIENCE) : ladder.again(attachment.at(), REDIAL_PATIENCE));
  }

  private Attachment take(Reached reached) throws IOException {
    ClientSession next = reached.session();
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(next::drop);
      Attachment again = attach(reached, attachment.token(), false);
      session = next;
      onFailure.handOver();
      if (closing) {
        next.close();
      }
      return again;
    }
  }

  /** A name may lead elsewhere now; without an answer what was known is still the best guess. */
  private void findAgain() {
    try {
      List<Candidate> _ = ladder.find();
    } catch (IOException _) {
      // The API server may be away for the same reason.
    }
  }

  private void lookForBetter(Listener listener) {
    Duration pause = ALIVE;
    long lookedNanos = System.nanoTime();
    try {
      while (!closing) {
        boolean changed = content.tryAcquire(ALIVE.toMillis(), TimeUnit.MILLISECONDS);
        content.drainPermits();
        ClientSession now = session;
        Candidate at = attachment.at();
        if (at.through().isPresent()) {
          check(now); // keeps it alive, too, before anybody on the way gets tired of it
        }
        if (changed || System.nanoTime() - lookedNanos >= pause.toNanos()) {
          boolean moved = moveUp(now, at, listener);
          lookedNanos = System.nanoTime();
          pause = changed || moved ? ALIVE : min(LONGEST_CONTENT, pause.multipliedBy(2));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** True if the session goes by a better way now. */
  private boolean moveUp(ClientSession from, Candidate at, Listener listener) {
    try {
      Optional<Reached> better = ladder.better(at, REDIAL_PATIENCE);
      return better.isPresent() && move(from, better.get(), listener);
    } catch (IOException _) {
      return false; // none answers; status says why
    }
  }

  private boolean move(ClientSession from, Reached better, Listener listener) throws IOException {
    synchronized (moves) {
      if (closing || !from.equals(session)) { // lost, and dialled again meanwhile
        better.session().drop();
        return false;
      }
      attachment = take(better);
      from.drop();
      listener.moved(attachment);
      return true;
    }
  }

  private static long random(long bound) {
    return ThreadLocalRandom.current().nextLong(bound + 1);
  }

  /** Ends early when the network has changed. */
  private void pause(long millis) throws IOException {
    try {
      if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while dialling again", e);
    }
  }

  /** The network has changed: dials at once if it was about to, and tries the connection. */
  void networkChanged() {
    wake.release();
    content.release();
    doubt();
  }

  /** Tries the connection: packets do not get through, so perhaps it does not either. */
  void doubt() {
    ClientSession now = session;
    if (now.isVersion2()) {
      Thread.ofVirtual().name("control-check").start(() -> check(now));
    }
  }

  private static void check(ClientSession which) {
    long before = System.nanoTime();
    try {
      which.send(new ControlMessage.Ping(before));
      Thread.sleep(PONG_PATIENCE);
      if (which.heardNanos() - before < 0) {
        which.drop();
      }
    } catch (IOException _) {
      // Whoever reads from it learns the same.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Completes normally after {@link #close}, else with why there is nothing to wait for. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Says goodbye. */
  @Override
  public void close() throws IOException {
    closing = true;
    wake.release();
    content.release();
    session.close();
  }
}
