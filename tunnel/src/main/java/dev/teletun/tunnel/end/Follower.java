package dev.teletun.tunnel.end;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.tunnel.transport.Transport;
import java.io.Closeable;
import java.time.Duration;

/**
 * The server's side of switching between UDP and TCP: packets leave by what the client names
 * (protocol, data). Loop thread only.
 */
public final class Follower {
  /** How long packets wait for a client that said its last on a transport and nothing since. */
  static final Duration LONGEST_HOLD = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final TunnelEnd end;
  private final Transport udp;
  private Transport current;
  private int followed;
  private int holds; // counts changes, so that a timer knows its own

  /** Packets leave by {@code udp}, as at a session's beginning. The caller keeps all three. */
  public Follower(EventLoop loop, TunnelEnd end, Transport udp) {
    this.loop = loop;
    this.end = end;
    this.udp = udp;
    this.current = udp;
  }

  /** Another session begins, or this one ended. */
  public void begin() {
    followed = 0;
    send(udp);
  }

  /**
   * The client said so on {@code on}.
   *
   * @return true if packets leave by {@code on} now and did not before
   */
  public boolean switched(Transport on, int number, boolean first) {
    if (!first) {
      last(on, number);
      return false;
    }
    boolean newer = number - followed > 0;
    boolean other = !on.equals(current);
    if (!newer && (number != followed || other)) {
      return false;
    }
    followed = number;
    say(on, number, true);
    if (newer) {
      send(on);
    }
    return other;
  }

  private void last(Transport on, int number) {
    if (number - followed > 0 && on.equals(current)) {
      end.hold();
      say(on, number, false);
      holds++;
      int mine = holds;
      Closeable _ = loop.schedule(LONGEST_HOLD, () -> goOn(mine));
    }
  }

  private void goOn(int hold) {
    if (hold == holds) {
      send(current);
    }
  }

  private static void say(Transport on, int number, boolean first) {
    byte[] message = DataMessage.switched(number, first);
    on.send(message, 0, message.length);
    on.flush();
  }

  /** True if packets leave by {@code transport}. */
  public boolean isOver(Transport transport) {
    return transport.equals(current);
  }

  /** {@code gone} is about to be closed by its owner. */
  public void ended(Transport gone) {
    end.forget(gone);
    if (gone.equals(current)) {
      send(udp);
    }
  }

  private void send(Transport by) {
    holds++;
    current = by;
    end.sendBy(by);
  }
}
