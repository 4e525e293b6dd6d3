package dev.teletun.tunnel.end;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.tunnel.transport.Transport;
import java.io.Closeable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of switching between UDP and TCP: it names the transport, and the server
 * follows (protocol, data).
 *
 * <pre>
 *   settled ──switchTo──► leaving the old ──answered, or too late──► announcing the new ──answered──► settled
 *              └──────────the old is dead──────────────────────────────┘
 * </pre>
 *
 * Loop thread only.
 */
public final class Leader {
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);
  private static final Duration FIRST_REPETITION = Duration.ofMillis(100);
  private static final Duration LAST_REPETITION = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final TunnelEnd end;
  private @Nullable Transport current;
  private @Nullable Transport next; // while the old one is left
  private int number;
  private boolean announced = true; // the server has answered

  /** Packets leave by nothing yet. The caller keeps both. */
  public Leader(EventLoop loop, TunnelEnd end) {
    this.loop = loop;
    this.end = end;
  }

  /** Packets leave by {@code first} from now on, and the server's do already. */
  public void begin(Transport first) {
    number++;
    next = null;
    announced = true;
    current = first;
    end.sendBy(first);
  }

  /** {@code now} carries what {@code old} did for the server too: it is told nothing. */
  public void replaced(Transport old, Transport now) {
    if (old.equals(next)) {
      next = now;
    }
    if (old.equals(current)) {
      current = now;
      if (next == null) {
        end.sendBy(now);
      }
    }
  }

  /**
   * Packets leave by {@code to} from now on, or as soon as all that is on the way has arrived.
   *
   * @param oldWorks whether the transport before can still say that this was all
   */
  public void switchTo(Transport to, boolean oldWorks) {
    number++;
    int which = number;
    next = null;
    Transport old = current;
    if (old != null && oldWorks) {
      next = to;
      end.hold();
      say(old, false);
      Closeable _ = loop.schedule(LONGEST_FAREWELL, () -> announceNext(which));
    } else {
      announce(to);
    }
  }

  private void announceNext(int which) {
    Transport to = next;
    if (to != null && which == number) {
      announce(to);
    }
  }

  private void announce(Transport to) {
    next = null;
    current = to;
    announced = false;
    repeat(number, FIRST_REPETITION);
    end.sendBy(to);
  }

  private void repeat(int which, Duration pause) {
    Transport on = current;
    if (on != null && next == null && !announced && which == number) {
      say(on, true);
      Duration twice = pause.multipliedBy(2);
      Duration after = twice.compareTo(LAST_REPETITION) > 0 ? LAST_REPETITION : twice;
      Closeable _ = loop.schedule(pause, () -> repeat(which, after));
    }
  }

  /** The server said so on {@code on}. */
  public void switched(Transport on, int which, boolean first) {
    if (which == number && first && on.equals(current)) {
      announced = true;
    } else if (!first) {
      announceNext(which);
    }
  }

  private void say(Transport on, boolean first) {
    byte[] message = DataMessage.switched(number, first);
    on.send(message, 0, message.length);
    on.flush();
  }

  /** What packets leave by, or are about to; null before the first. */
  public @Nullable Transport target() {
    return next != null ? next : current;
  }

  /** {@code gone} is about to be closed by its owner; nothing is said on it any more. */
  public void forget(Transport gone) {
    if (gone.equals(next)) {
      next = null;
    }
    if (gone.equals(current)) {
      current = null;
    }
    end.forget(gone);
  }
}
