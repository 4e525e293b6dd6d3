package dev.teletun.linux.loop;

import java.io.Closeable;

/**
 * What a loop waits for on one descriptor; nothing at first. Close it before the descriptor.
 *
 * <p>The two switches belong to the loop's thread and cost a system call only when something
 * changes.
 */
public interface Watch extends Closeable {

  /** Whether {@link Ready#readable} is wanted. */
  void reading(boolean on);

  /** Whether {@link Ready#writable} is wanted: only while a write is unfinished. */
  void writing(boolean on);

  /**
   * Stops watching; the handler is not called after the return, except by a call that is under way
   * on this very thread. Any thread, any number of times; on another thread it waits for the loop.
   */
  @Override
  void close();
}
