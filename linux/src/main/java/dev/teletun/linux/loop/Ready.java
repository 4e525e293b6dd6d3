package dev.teletun.linux.loop;

import java.io.IOException;

/**
 * What to do when a descriptor is ready; called on the loop's thread only.
 *
 * <p>Readiness is a level: a handler that leaves bytes unread is called again. A throw ends the
 * whole loop, with that as {@link EventLoop#ended}'s reason: handle what is not fatal.
 */
public interface Ready {

  /**
   * A read will answer something: bytes, an error, the end. Also called, wanted or not, when an
   * error is pending, so that it gets fetched: a handler that does not fetch it is called for ever.
   */
  void readable() throws IOException;

  /** A write will take something. */
  default void writable() throws IOException {}

  /**
   * The other side is gone; called when reading is off, else {@link #readable} finds out. Called
   * again and again until the watch is closed or reading is on, so one of the two must happen here.
   */
  default void hungUp() throws IOException {
    readable();
  }
}
