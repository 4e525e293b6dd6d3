package dev.teletun.client.connect;

import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.tunnel.control.ClientSession;
import java.io.IOException;
import java.time.Duration;

/**
 * Whether a control connection of version 2 still carries a question and its answer. Any thread.
 */
final class Heartbeat {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final ClientSession session;
  private final long askedNanos = System.nanoTime();

  private Heartbeat(ClientSession session) {
    this.session = session;
  }

  /** Asks now; whoever reads from the connection hears the answer. */
  static Heartbeat ask(ClientSession session) throws IOException {
    Heartbeat beat = new Heartbeat(session);
    session.send(new ControlMessage.Ping(beat.askedNanos));
    return beat;
  }

  /** True if anything has come since it was asked. */
  boolean isHeard() {
    return session.heardNanos() - askedNanos >= 0;
  }

  /** The same, after waiting for it until {@code patience} after it was asked. */
  boolean isHeardWithin(Duration patience) throws InterruptedException {
    while (!isHeard() && System.nanoTime() - askedNanos < patience.toNanos()) {
      Thread.sleep(LOOK);
    }
    return isHeard();
  }
}
