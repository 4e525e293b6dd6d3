package dev.teletun.linux.libc;

import java.io.Closeable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor; closes once, so that a number which the kernel gave to somebody else
 * meanwhile is never closed. Any thread.
 */
public final class Fd implements Closeable {
  private static final int CLOSED = -1;

  private final AtomicInteger number;

  private Fd(int number) {
    this.number = new AtomicInteger(number);
  }

  /** Takes ownership of the descriptor {@code number}. */
  public static Fd owning(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("%d is no file descriptor".formatted(number));
    }
    return new Fd(number);
  }

  /**
   * Takes ownership of what {@code call} answered.
   *
   * @throws SyscallException if that was an error; to be called by the thread that made the call
   */
  public static Fd checked(int answer, String call) throws SyscallException {
    return owning(SyscallException.check(answer, call));
  }

  /** The number, or -1 once closed. */
  public int number() {
    return number.get();
  }

  /** Closes the descriptor. Ends no wait of another thread for it. */
  @Override
  public void close() {
    int open = number.getAndSet(CLOSED);
    if (open != CLOSED) {
      // Linux frees the number whatever close(2) answers, so there is nothing to do about an error.
      Libc.close(open);
    }
  }

  @Override
  public String toString() {
    return "fd " + number.get();
  }
}
