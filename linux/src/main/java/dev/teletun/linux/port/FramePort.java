package dev.teletun.linux.port;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.unix.FrameReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Packets into and out of an AF_UNIX stream as frames, a whole batch per system call. Owns the
 * stream.
 *
 * <p>What the stream does not take at once is kept in memory of its own, at most one batch: a
 * reader that sleeps costs packets, not memory.
 */
public final class FramePort implements PacketPort {
  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  private final UnixStream stream;
  private final FrameReader reader;
  private final boolean takesUdpSegments;
  private ByteBuffer kept = NOTHING;
  private int keptFrom;
  private int keptTo;
  private boolean gone;
  private long dropped;

  /** Takes ownership of {@code stream}, which is at the beginning of a frame. */
  public FramePort(UnixStream stream) {
    this(stream, NOTHING.duplicate(), false);
  }

  /**
   * Takes ownership of {@code stream}, of which {@code leftover} was already read.
   *
   * @param leftover fewer than {@link FrameBatch#LARGEST_FRAME} bytes; copied. It may hold whole
   *     frames, so read once before waiting for the descriptor
   * @param takesUdpSegments what the device behind the other end takes
   */
  public FramePort(UnixStream stream, ByteBuffer leftover, boolean takesUdpSegments) {
    this.stream = stream;
    this.takesUdpSegments = takesUdpSegments;
    this.reader = new FrameReader(leftover);
  }

  @Override
  public Fd fd() {
    return stream.fd();
  }

  /**
   * {@inheritDoc}
   *
   * <p>One system call.
   *
   * @throws dev.teletun.protocol.control.ControlException if what came cannot be a frame
   */
  @Override
  public int read(FrameBatch into) throws IOException {
    if (!into.hasRoom()) {
      return 0;
    }
    int from = reader.begin(into);
    int read = stream.read(into.buffer(), from, into.buffer().capacity());
    int frames = reader.end(into, from + Math.max(read, 0));
    return frames == 0 && read == UnixStream.END ? ENDED : frames;
  }

  /**
   * {@inheritDoc}
   *
   * <p>If the other side is gone, everything is dropped, and {@link #read} is who says so.
   */
  @Override
  public boolean write(FrameBatch from) throws IOException {
    if (!flush() || gone) {
      dropped += from.count();
      return gone;
    }
    int written = writeOnce(from.buffer(), 0, from.bytes());
    if (gone) {
      dropped += from.count();
      return true;
    }
    if (written == from.bytes()) {
      return true;
    }
    keep(from, written);
    return false;
  }

  @Override
  public boolean flush() throws IOException {
    if (keptFrom < keptTo && !gone) {
      keptFrom += writeOnce(kept, keptFrom, keptTo);
    }
    return gone || keptFrom == keptTo;
  }

  private int writeOnce(ByteBuffer bytes, int from, int to) throws IOException {
    if (from == to) {
      return 0;
    }
    try {
      return stream.write(bytes, from, to);
    } catch (SyscallException e) {
      if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET) {
        throw e;
      }
      gone = true;
      return 0;
    }
  }

  private void keep(FrameBatch batch, int from) {
    int length = batch.bytes() - from;
    if (kept.capacity() < length) {
      kept = ByteBuffer.allocateDirect(batch.buffer().capacity()); // once, all batches are alike
    }
    kept.put(0, batch.buffer(), from, length);
    keptFrom = 0;
    keptTo = length;
  }

  @Override
  public boolean takesUdpSegments() {
    return takesUdpSegments;
  }

  @Override
  public long dropped() {
    return dropped;
  }

  @Override
  public void close() {
    stream.close();
  }
}
