package dev.teletun.tunnel.transport;

import java.io.Closeable;

/**
 * One way for packets to the peer and back. What arrives goes to an {@link Inbox}. Loop thread
 * only.
 */
public interface Transport extends Closeable {
  /** True once the peer takes packets on this transport. */
  boolean isOpen();

  /** Takes one packet, which leaves at the latest with {@link #flush}; lost if not open. */
  void send(byte[] packet, int at, int length);

  /** Sends what was taken, as far as the kernel takes it. */
  void flush();

  /** True while nothing more should be given: {@link Inbox#unblocked} tells when that is over. */
  boolean isBlocked();

  /** Whether what arrives is fetched; if not, it waits in a bounded buffer of the kernel's. */
  void reading(boolean on);

  /** Packets dropped because the kernel took no more for too long. */
  long dropped();

  /** Stops watching. What it works on stays its maker's. */
  @Override
  void close();
}
