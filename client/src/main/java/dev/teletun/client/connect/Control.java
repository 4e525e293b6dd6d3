package dev.teletun.client.connect;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
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
import java.net.InetSocketAddress;
import java.time.Duration;
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
 * Threads: {@code control}, which dials and reads; everything public may be called on any.
 */
final class Control implements Closeable {

  /** Called on the thread {@code control}. */
  interface Listener {
    /** The pod is ours again; the session may be another than before. */
    void attached(Attachment what) throws IOException;

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

  private final ClientOptions options;
  private final Identity own;
  private final Pin pin;
  private final UUID instance = UUID.randomUUID();
  private final String who = Identification.text();
  private final Semaphore wake = new Semaphore(0);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile ClientSession session;
  private volatile Attachment attachment;
  private volatile boolean closing;
  private long drainMillis;

  private Control(
      ClientOptions options, Identity own, Pin pin, InetSocketAddress server, ClientSession first)
      throws IOException {
    this.options = options;
    this.own = own;
    this.pin = pin;
    this.session = first;
    this.attachment = attach(first, server, Optional.empty(), options.takeover());
  }

  /**
   * Dials for the first time.
   *
   * @throws SlotBusyException if another client holds the pod
   */
  static Control open(ClientOptions options, Identity own, Pin pin, InetSocketAddress server)
      throws IOException {
    ClientSession first = ClientSession.dial(server, own, pin, PATIENCE);
    try {
      return new Control(options, own, pin, server, first);
    } catch (IOException e) {
      first.drop();
      throw e;
    }
  }

  private Attachment attach(
      ClientSession to, InetSocketAddress server, Optional<Token> token, boolean takeover)
      throws IOException {
    ResolvConf resolvConf = ResolvConf.parse(to.resolvConf());
    if (!to.isVersion2()) {
      return new Attachment(server, Optional.empty(), false, to.addresses(), resolvConf);
    }
    ControlMessage.Attached attached =
        to.attach(new ControlMessage.Attach(instance, token, takeover, who), PATIENCE);
    return new Attachment(
        server, Optional.of(attached.token()), attached.resumed(), to.addresses(), resolvConf);
  }

  /** What the server said last. */
  Attachment attachment() {
    return attachment;
  }

  /** Reads, and dials again, from now on. */
  void keep(Listener listener) {
    Thread.ofPlatform().name("control").daemon().start(() -> run(listener));
  }

  private void run(Listener listener) {
    try {
      while (!closing) {
        String why = readUntilLost(listener);
        if (!closing) {
          listener.lost(why);
          redial(listener);
        }
      }
      ended.complete(null);
    } catch (IOException | RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  private String readUntilLost(Listener listener) throws IOException {
    Farewell farewell = new Farewell();
    try {
      session.run(message -> received(message, listener, farewell));
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
    InetSocketAddress server = attachment.server();
    while (!closing) {
      pause(pause);
      try {
        attachment = dialAgain(server);
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
        server = findAgain(server);
      }
      pause = Math.min(LAST_PAUSE_MILLIS, pause * 2) + random(FIRST_PAUSE_MILLIS);
    }
  }

  private Attachment dialAgain(InetSocketAddress server) throws IOException {
    ClientSession next = ClientSession.dial(server, own, pin, REDIAL_PATIENCE);
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(next::drop);
      Attachment again = attach(next, server, attachment.token(), false);
      session = next;
      onFailure.handOver();
      if (closing) {
        next.close();
      }
      return again;
    }
  }

  /** The name may lead elsewhere now; without an answer the old address is still the best guess. */
  private InetSocketAddress findAgain(InetSocketAddress last) {
    try {
      return Endpoint.find(options);
    } catch (IOException _) {
      return last;
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
    session.close();
  }
}
