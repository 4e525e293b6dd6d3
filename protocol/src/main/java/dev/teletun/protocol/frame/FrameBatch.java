package dev.teletun.protocol.frame;

import java.nio.ByteBuffer;

/**
 * Packets in a row in one direct buffer, each as a frame: 4 bytes of length (big endian, counting
 * what follows), {@link VirtioNetHeader}, packet or superpacket.
 *
 * <p>The layout is the AF_UNIX wire format, so that a whole batch is one write(2) there, and the
 * part after the length is what a TUN device reads and writes. The buffer's position and limit mean
 * nothing; all access is absolute and big endian. One thread owns a batch; whoever is handed one
 * borrows it until the call returns.
 *
 * <pre>
 *   for (int frame = 0; frame &lt; batch.bytes(); frame = batch.next(frame)) {
 *     … batch.packetOffset(frame), batch.packetLength(frame) …
 *   }
 * </pre>
 */
public final class FrameBatch {

  /** Bytes of the length field. */
  public static final int LENGTH_BYTES = 4;

  /** Bytes before the packet in each frame. */
  public static final int HEADER_BYTES = LENGTH_BYTES + VirtioNetHeader.BYTES;

  /** Largest packet or superpacket in bytes: what an IPv4 total length can say. */
  public static final int LARGEST_PACKET = 65_535;

  /** Largest frame in bytes. */
  public static final int LARGEST_FRAME = HEADER_BYTES + LARGEST_PACKET;

  private final ByteBuffer buffer;
  private int bytes;
  private int count;

  /**
   * Allocates an empty batch.
   *
   * @param capacity bytes, at least {@link #LARGEST_FRAME}
   */
  public FrameBatch(int capacity) {
    if (capacity < LARGEST_FRAME) {
      throw new IllegalArgumentException(
          "capacity %d cannot hold one frame of %d bytes".formatted(capacity, LARGEST_FRAME));
    }
    buffer = ByteBuffer.allocateDirect(capacity);
  }

  /** The memory, for absolute access; frames lie from 0 to {@link #bytes}. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** Bytes of all complete frames. */
  public int bytes() {
    return bytes;
  }

  /** Number of frames. */
  public int count() {
    return count;
  }

  /** True if there is no frame. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** True if one more frame of any size fits. */
  public boolean hasRoom() {
    return buffer.capacity() - bytes >= LARGEST_FRAME;
  }

  /** Bytes that the next packet may have. */
  public int room() {
    return buffer.capacity() - bytes - HEADER_BYTES;
  }

  /** Forgets all frames. */
  public void clear() {
    bytes = 0;
    count = 0;
  }

  /** Offset at which the virtio_net_hdr of the next frame is to be written; the packet follows. */
  public int nextHeaderOffset() {
    return bytes + LENGTH_BYTES;
  }

  /** Offset at which the packet of the next frame is to be written. */
  public int nextPacketOffset() {
    return bytes + HEADER_BYTES;
  }

  /** Ends the frame whose header and packet were written at the two offsets above. */
  public void commit(int packetBytes) {
    buffer.putInt(bytes, VirtioNetHeader.BYTES + packetBytes);
    bytes += HEADER_BYTES + packetBytes;
    count++;
  }

  /** Takes over frames that were written into {@link #buffer} from the outside. */
  public void committed(int frames, int upTo) {
    count += frames;
    bytes = upTo;
  }

  /** Appends a copy of one frame of another batch, which must fit. */
  public void append(FrameBatch other, int frame) {
    int length = other.next(frame) - frame;
    buffer.put(bytes, other.buffer, frame, length);
    bytes += length;
    count++;
  }

  /** Offset of the frame after the one at {@code frame}. */
  public int next(int frame) {
    return frame + LENGTH_BYTES + buffer.getInt(frame);
  }

  /** Offset of the virtio_net_hdr of the frame at {@code frame}. */
  public int headerOffset(int frame) {
    return frame + LENGTH_BYTES;
  }

  /** Offset of the packet of the frame at {@code frame}. */
  public int packetOffset(int frame) {
    return frame + HEADER_BYTES;
  }

  /** Bytes of the packet of the frame at {@code frame}. */
  public int packetLength(int frame) {
    return buffer.getInt(frame) - VirtioNetHeader.BYTES;
  }
}
