package dev.teletun.client.host.filter;

import java.io.InterruptedIOException;

/** Gives the kernel time to handle a packet. */
final class Waiting {
  private Waiting() {}

  /** Pauses this thread. */
  static void pause(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a packet was on its way");
    }
  }
}
