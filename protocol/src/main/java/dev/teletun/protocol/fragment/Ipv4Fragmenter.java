package dev.teletun.protocol.fragment;

import dev.teletun.protocol.packet.Ipv4;
import java.nio.ByteBuffer;

/**
 * Cuts IPv4 packets into fragments as a router does (RFC 791 §3.2). Whether it may, that is whether
 * DF is clear, is for the caller to know.
 *
 * <p>Not thread-safe; reusable; no allocation per call.
 */
public final class Ipv4Fragmenter {

  /** Smallest MTU to cut for, which leaves 8 bytes behind the longest header (RFC 791 §3.2). */
  public static final int SMALLEST_MTU = 68;

  private static final int UNIT = 8;
  private static final int COPIED = 0x80; // bit of an option's type: in every fragment
  private static final int END_OF_OPTIONS = 0;
  private static final int NO_OPERATION = 1;

  private final ByteBuffer fragment = ByteBuffer.allocateDirect(65_535);

  /** A fragmenter for any number of packets. */
  public Ipv4Fragmenter() {}

  /**
   * Emits {@code packet}, in one piece if it fits. A packet that is a fragment itself gives parts
   * of that fragment.
   *
   * @param packet a well-formed IPv4 packet with complete checksums, in big endian order; it is not
   *     changed
   * @param mtuBytes at least {@link #SMALLEST_MTU}
   */
  public void fragment(ByteBuffer packet, int at, int length, int mtuBytes, FragmentSink sink) {
    if (mtuBytes < SMALLEST_MTU) {
      throw new IllegalArgumentException(
          "MTU %d is below %d, which every IPv4 link carries".formatted(mtuBytes, SMALLEST_MTU));
    }
    if (length <= mtuBytes) {
      sink.fragment(packet, at, length);
      return;
    }
    int payloadAt = Ipv4.headerLength(packet, at);
    int payload = length - payloadAt;
    int header = putFirstHeader(packet, at, payloadAt);
    int done = 0;
    while (done < payload) {
      int size = Math.min(payload - done, (mtuBytes - header) / UNIT * UNIT);
      boolean last = done + size == payload;
      fragment.put(header, packet, at + payloadAt + done, size);
      putLengthAndOffset(packet, at, header + size, done / UNIT, last);
      sink.fragment(fragment, 0, header + size);
      header = done == 0 ? putLaterHeader(packet, at, payloadAt) : header;
      done += size;
    }
  }

  private void putLengthAndOffset(
      ByteBuffer packet, int at, int length, int unitsBefore, boolean last) {
    int original = packet.getShort(at + Ipv4.FRAGMENT);
    int offset = (original & Ipv4.OFFSET_MASK) + unitsBefore;
    int flags = original & ~Ipv4.OFFSET_MASK; // the last fragment keeps MF if the packet had it
    int field = flags | (last ? 0 : Ipv4.MF) | (offset & Ipv4.OFFSET_MASK);
    fragment.putShort(Ipv4.TOTAL_LENGTH, (short) length);
    fragment.putShort(Ipv4.FRAGMENT, (short) field);
    Ipv4.putChecksum(fragment, 0);
  }

  private int putFirstHeader(ByteBuffer packet, int at, int header) {
    fragment.put(0, packet, at, header);
    return header;
  }

  /** Keeps the options that are marked as copied, padded to whole words. */
  private int putLaterHeader(ByteBuffer packet, int at, int end) {
    int kept = Ipv4.MIN_HEADER;
    for (int next = Ipv4.MIN_HEADER; next < end; ) {
      int type = packet.get(at + next) & 0xff;
      if (type == END_OF_OPTIONS) {
        break;
      }
      int size = optionLength(packet, at, next, end, type);
      if ((type & COPIED) != 0) {
        fragment.put(kept, packet, at + next, size);
        kept += size;
      }
      next += size;
    }
    while (kept % 4 != 0) {
      fragment.put(kept++, (byte) END_OF_OPTIONS);
    }
    fragment.put(0, (byte) (0x40 + kept / 4));
    return kept;
  }

  /** An option whose length cannot be is taken to reach up to the end. */
  private static int optionLength(ByteBuffer packet, int at, int next, int end, int type) {
    if (type == NO_OPERATION) {
      return 1;
    }
    int said = next + 1 < end ? packet.get(at + next + 1) & 0xff : 0;
    return said >= 2 && next + said <= end ? said : end - next;
  }
}
