package dev.teletun.protocol.packet;

import static java.lang.invoke.MethodHandles.byteArrayViewVarHandle;
import static java.lang.invoke.MethodHandles.byteBufferViewVarHandle;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.ByteOrder.nativeOrder;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071): 16-bit one's complement sums.
 *
 * <p>A sum is a value of 16 bits that the next part of the data can be added to. A sum over bytes
 * whose checksum field is right is 0xffff.
 */
public final class Checksum {
  private static final VarHandle ARRAY = byteArrayViewVarHandle(long[].class, nativeOrder());
  private static final VarHandle BUFFER = byteBufferViewVarHandle(long[].class, nativeOrder());
  private static final boolean SWAP = nativeOrder() == LITTLE_ENDIAN;

  private static final int STEP = 32;
  private static final long LOW = 0xffff_ffffL;

  private Checksum() {}

  /**
   * Adds bytes to a sum.
   *
   * @param length at most 2^31 - 1; where it is odd, nothing more can be added
   * @param initial the sum so far
   */
  public static int sum(byte[] bytes, int at, int length, int initial) {
    // Words in the order of this machine: the sum only has its bytes swapped (RFC 1071 §2 B).
    // Halves
    // are added to 64 bits, so that no carry is lost; two sums at a time keep the adders busy.
    long one = 0;
    long two = 0;
    int next = at;
    int end = at + length;
    for (; next <= end - STEP; next += STEP) {
      long a = (long) ARRAY.get(bytes, next);
      long b = (long) ARRAY.get(bytes, next + 8);
      long c = (long) ARRAY.get(bytes, next + 16);
      long d = (long) ARRAY.get(bytes, next + 24);
      one += (a & LOW) + (a >>> 32) + (b & LOW) + (b >>> 32);
      two += (c & LOW) + (c >>> 32) + (d & LOW) + (d >>> 32);
    }
    for (; next <= end - 8; next += 8) {
      long a = (long) ARRAY.get(bytes, next);
      one += (a & LOW) + (a >>> 32);
    }
    long sum = (long) initial + networkOrder(one + two);
    for (; next < end - 1; next += 2) {
      sum += NetworkOrder.u16(bytes, next);
    }
    if (next < end) {
      sum += (long) (bytes[next] & 0xff) << 8;
    }
    return fold(sum);
  }

  /** The same over a buffer; its position, limit and order mean nothing. */
  public static int sum(ByteBuffer bytes, int at, int length, int initial) {
    long one = 0;
    int next = at;
    int end = at + length;
    for (; next <= end - 8; next += 8) {
      long a = (long) BUFFER.get(bytes, next);
      one += (a & LOW) + (a >>> 32);
    }
    long sum = (long) initial + networkOrder(one);
    for (; next < end - 1; next += 2) {
      sum += (bytes.get(next) & 0xff) << 8 | (bytes.get(next + 1) & 0xff);
    }
    if (next < end) {
      sum += (long) (bytes.get(next) & 0xff) << 8;
    }
    return fold(sum);
  }

  /** What a checksum field holds: the complement of the sum over everything else. */
  public static int complement(int sum) {
    return ~sum & 0xffff;
  }

  /**
   * The complement for a TCP or UDP field: never 0, which to UDP means none (RFC 768), and which
   * TCP takes for the same number.
   */
  public static int nonZeroComplement(int sum) {
    int complement = complement(sum);
    return complement == 0 ? 0xffff : complement;
  }

  /**
   * The sum of the pseudo header (RFC 9293 §3.1, RFC 8200 §8.1) for a packet whose IP header is at
   * {@code ip} and whose destination, behind routing headers, is the one in that header.
   *
   * @param transportLength bytes of transport header and payload
   */
  public static int pseudoHeader(byte[] bytes, int ip, int protocol, int transportLength) {
    boolean v4 = (bytes[ip] & 0xf0) == 0x40;
    int from = ip + (v4 ? Ipv4.SOURCE : Ipv6.SOURCE);
    return sum(bytes, from, v4 ? 8 : 32, fold((long) protocol + transportLength));
  }

  private static int networkOrder(long wide) {
    int sum = fold(wide);
    return SWAP ? Short.reverseBytes((short) sum) & 0xffff : sum;
  }

  private static int fold(long wide) {
    long sum = (wide & LOW) + (wide >>> 32);
    sum = (sum & 0xffff) + (sum >>> 16 & 0xffff) + (sum >>> 32);
    sum = (sum & 0xffff) + (sum >>> 16);
    return (int) ((sum & 0xffff) + (sum >>> 16));
  }
}
