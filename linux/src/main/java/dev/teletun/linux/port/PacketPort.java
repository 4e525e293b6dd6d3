package dev.teletun.linux.port;

import dev.teletun.linux.libc.Fd;
import dev.teletun.protocol.frame.FrameBatch;
import java.io.Closeable;
import java.io.IOException;

/**
 * Where whole packets go in and out, many at a time, never waiting: a TUN device or a stream of
 * AF_UNIX frames. One thread uses a port.
 */
public interface PacketPort extends Closeable {

  /** What {@link #read} answers when the other side is gone for good. */
  int ENDED = -1;

  /** The descriptor to wait on. */
  Fd fd();

  /**
   * Appends what can be read now, as long as the batch has room.
   *
   * @return number of packets appended, 0 if there is none now, {@link #ENDED}
   */
  int read(FrameBatch into) throws IOException;

  /**
   * Hands on every frame of {@code from}. What the kernel does not take at once is kept, up to one
   * batch; while something is kept, further frames are dropped and counted.
   *
   * @return false if something is kept: call {@link #flush} once the descriptor is writable
   */
  boolean write(FrameBatch from) throws IOException;

  /**
   * Goes on with what was kept.
   *
   * @return true once nothing is
   */
  boolean flush() throws IOException;

  /** True if superpackets of UDP may be written (GSO_UDP_L4), not only those of TCP. */
  boolean takesUdpSegments();

  /** Packets dropped by {@link #write} so far, because the kernel took none or refused them. */
  long dropped();
}
