package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.protocol.control.AddressList;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** Dialling again did not succeed this time; {@code trouble} is what the cluster says. */
    void dialFailed(Optional<String> trouble);

    /** Whether packets get through by the place of now. Any thread. */
    boolean packetsPass();

    /** The pod was replaced by one with other addresses. */
    void podChanged(AddressList addresses, ResolvConf resolvConf) throws IOException;

    /** The server says what it knows of the cluster. */
    void learned(ControlMessage.Facts facts);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Duration REDIAL_PATIENCE = Duration.ofSeconds(3);
  private static final Duration LONGEST_BUSY = Duration.ofSeconds(60);
  private static final Duration SUSPICIOUS = Duration.ofSeconds(1);
  private static final Duration PONG_PATIENCE = Duration.ofSeconds(3);

  private static final Duration ALONE = Duration.ofSeconds(3);
  private static final Duration ALIVE = Duration.ofSeconds(10);

  private final Ladder ladder;
  private final UUID instance = UUID.randomUUID();
  private final String who = Identification.text();
  private final Semaphore wake = new Semaphore(0);
  private final Semaphore content = new Semaphore(0);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Ascent ascent = new Ascent(System::nanoTime);
  private final AtomicBoolean doubting = new AtomicBoolean();
  private final Object moves = new Object(); // held while the session goes to another connection
  private volatile ClientSession session;
  private volatile Attachment attachment;
  private volatile boolean closing;
  private volatile @Nullable Listener hearing;

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
    hearing = listener;
    Thread.ofPlatform().name("control").daemon().start(() -> run(listener));
    if (attachment.token().isPresent()) {
      Thread.ofPlatform().name("ladder").daemon().start(() -> lookForBetter(listener));
    }
  }

  private void run(Listener listener) {
    try {
      while (!closing) {
        ClientSession now = session;
        Reading reading = new Reading(now, listener, ended::completeExceptionally);
        String why = reading.untilLost();
        synchronized (moves) {
          if (!closing && now.equals(session)) { // else it has moved
            listener.lost(why);
            redial(listener, Backoff.within(reading.drain()));
          }
        }
      }
      ended.complete(null);
    } catch (IOException | RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  private void redial(Listener listener, Backoff backoff) throws IOException {
    long busySince = 0;
    long begunNanos = System.nanoTime();
    while (!closing) {
      pause(backoff.next());
      try {
        attached(dialAgain(System.nanoTime() - begunNanos >= ALONE.toNanos()), listener);
        return;
      } catch (SlotBusyException e) {
        long now = System.nanoTime();
        busySince = busySince == 0 ? now : busySince;
        if (now - busySince > LONGEST_BUSY.toNanos() || attachment.token().isPresent()) {
          throw e;
        }
      } catch (IOException _) {
        listener.dialFailed(findAgain());
      }
    }
  }

  private void attached(Attachment next, Listener listener) throws IOException {
    if (!next.at().equals(attachment.at())) {
      ascent.fell();
    }
    attachment = next;
    listener.attached(next);
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
  private Optional<String> findAgain() {
    try {
      List<Candidate> _ = ladder.find();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage())); // perhaps for the same reason
    }
  }

  private void lookForBetter(Listener listener) {
    try {
      while (!closing) {
        Duration left = ascent.left();
        Duration rest = left.compareTo(ALIVE) < 0 ? left : ALIVE;
        if (content.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS)) {
          content.drainPermits();
        }
        ClientSession now = session;
        Candidate at = attachment.at();
        if (at.through().isPresent()) {
          check(now); // keeps it alive, too, before anybody on the way gets tired of it
        }
        if (ascent.left().isZero()) {
          ascent.tried(moveUp(now, at, listener));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
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

  /** Ends early when the network has changed. */
  private void pause(Duration time) throws IOException {
    try {
      if (wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
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
    ascent.changed();
    content.release();
    doubt();
  }

  /** Tries the connection: packets do not get through, so perhaps it does not either. */
  void doubt() {
    ClientSession now = session;
    Listener listener = hearing;
    if (listener != null && now.isVersion2() && doubting.compareAndSet(false, true)) {
      Thread.ofVirtual().name("control-check").start(() -> doubt(now, listener));
    }
  }

  private void doubt(ClientSession doubted, Listener listener) {
    try {
      Heartbeat beat = Heartbeat.ask(doubted);
      if (!beat.isHeardWithin(SUSPICIOUS)) {
        dialBeside(doubted, beat, listener);
      }
    } catch (IOException _) {
      // Whoever reads from it learns the same.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      doubting.set(false);
    }
  }

  /**
   * Dials all places while the answer is still waited for: if it is not the place, it is nothing.
   */
  private void dialBeside(ClientSession doubted, Heartbeat beat, Listener listener)
      throws IOException, InterruptedException {
    try {
      Reached reached = ladder.climb(PATIENCE);
      if (!goBy(reached, doubted, beat, listener)) {
        reached.session().drop();
      }
    } catch (IOException _) {
      // None answers: then it is the network, or the server.
    }
    if (!beat.isHeardWithin(PONG_PATIENCE)) {
      doubted.drop();
    }
  }

  private boolean goBy(Reached reached, ClientSession doubted, Heartbeat beat, Listener listener)
      throws IOException {
    synchronized (moves) {
      Candidate before = attachment.at();
      boolean elsewhere = !reached.at().equals(before);
      if (closing
          || beat.isHeard()
          || !doubted.equals(session)
          || (elsewhere && listener.packetsPass())) {
        return false;
      }
      Attachment next = take(reached);
      listener.lost("%s does not answer".formatted(before));
      attached(next, listener);
      return true;
    }
  }

  private static void check(ClientSession which) throws InterruptedException {
    try {
      if (!Heartbeat.ask(which).isHeardWithin(PONG_PATIENCE)) {
        which.drop();
      }
    } catch (IOException _) {
      // Whoever reads from it learns the same.
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
