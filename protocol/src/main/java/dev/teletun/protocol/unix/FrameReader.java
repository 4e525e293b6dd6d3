package dev.teletun.protocol.unix;

import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import java.nio.ByteBuffer;

/**
 * Finds the frames in the bytes of an AF_UNIX stream, in the memory of the batch they are for. A
 * frame that has arrived in part is kept here until the rest comes.
 *
 * <pre>
 *   int from = reader.begin(batch);
 *   int end = … read from the stream into batch.buffer(), from … capacity …
 *   int frames = reader.end(batch, end);
 * </pre>
 *
 * <p>One thread uses a reader.
 */
public final class FrameReader {
  private static final int SHORTEST = VirtioNetHeader.BYTES + 1;
  private static final int LONGEST = VirtioNetHeader.BYTES + FrameBatch.LARGEST_PACKET;

  private final ByteBuffer partial = ByteBuffer.allocateDirect(FrameBatch.LARGEST_FRAME);
  private int partialBytes;

  /** A reader at the beginning of a frame. */
  public FrameReader() {}

  /**
   * A reader that begins with bytes which came behind the greeting. They may hold whole frames, and
   * no further byte need follow: read once without waiting for the descriptor.
   *
   * @param leftover fewer than {@link FrameBatch#LARGEST_FRAME} bytes; copied, and consumed
   */
  public FrameReader(ByteBuffer leftover) {
    partialBytes = leftover.remaining();
    if (partialBytes >= FrameBatch.LARGEST_FRAME) {
      throw new IllegalArgumentException(
          "%d bytes behind the greeting: read it in smaller steps".formatted(partialBytes));
    }
    partial.put(leftover).clear();
  }

  /**
   * Puts the kept part of a frame behind the frames of {@code into}.
   *
   * @param into a batch that {@link FrameBatch#hasRoom has room}
   * @return offset in the batch's buffer at which to read on; there is room for at least one byte
   */
  public int begin(FrameBatch into) {
    into.buffer().put(into.bytes(), partial, 0, partialBytes);
    return into.bytes() + partialBytes;
  }

  /**
   * Commits the complete frames and keeps the rest. To be called after each {@link #begin}, also if
   * nothing was read.
   *
   * @param end offset behind the last byte read
   * @return number of frames committed
   * @throws ControlException if a length cannot be: the stream cannot be used further
   */
  public int end(FrameBatch into, int end) throws ControlException {
    ByteBuffer buffer = into.buffer();
    int frames = 0;
    int at = into.bytes();
    while (end - at >= FrameBatch.LENGTH_BYTES) {
      int length = requirePossible(buffer.getInt(at));
      if (end - at - FrameBatch.LENGTH_BYTES < length) {
        break;
      }
      at += FrameBatch.LENGTH_BYTES + length;
      frames++;
    }
    into.committed(frames, at);
    partialBytes = end - at;
    partial.put(0, buffer, at, partialBytes);
    return frames;
  }

  /** True if the stream, should it end now, ends inside a frame. */
  public boolean isInsideFrame() {
    return partialBytes > 0;
  }

  private static int requirePossible(int length) throws ControlException {
    if (length < SHORTEST || length > LONGEST) {
      throw new ControlException(
          "the other half of the pair announced a frame of %s bytes, possible are %d to %d: run the same version of both programs"
              .formatted(Integer.toUnsignedString(length), SHORTEST, LONGEST));
    }
    return length;
  }
}
