package dev.teletun.protocol.packet;

import java.nio.ByteBuffer;

/** Where the fields of an IPv4 header lie (RFC 791 §3.1), and what follows from their values. */
public final class Ipv4 {

  /** Header length in bytes without options. */
  public static final int MIN_HEADER = 20;

  /** Longest header in bytes. */
  public static final int MAX_HEADER = 60;

  /** Type of service: DSCP and ECN. */
  public static final int TOS = 1;

  /** Bytes of header and payload. */
  public static final int TOTAL_LENGTH = 2;

  /** What fragments of one packet share. */
  public static final int ID = 4;

  /** Flags and fragment offset. */
  public static final int FRAGMENT = 6;

  /** Hops left. */
  public static final int TTL = 8;

  /** What follows the header. */
  public static final int PROTOCOL = 9;

  /** Checksum of the header. */
  public static final int CHECKSUM = 10;

  /** 4 bytes. */
  public static final int SOURCE = 12;

  /** 4 bytes. */
  public static final int DESTINATION = 16;

  /** Bit of {@link #FRAGMENT}: do not fragment. */
  public static final int DF = 0x4000;

  /** Bit of {@link #FRAGMENT}: more fragments follow. */
  public static final int MF = 0x2000;

  /** Bits of {@link #FRAGMENT}: the offset in units of 8 bytes. */
  public static final int OFFSET_MASK = 0x1fff;

  private Ipv4() {}

  /** Bytes of the header at {@code ip}, as it says itself. */
  public static int headerLength(byte[] bytes, int ip) {
    return (bytes[ip] & 0xf) * 4;
  }

  /** Bytes of the header at {@code ip}, as it says itself. */
  public static int headerLength(ByteBuffer bytes, int ip) {
    return (bytes.get(ip) & 0xf) * 4;
  }

  /** True if the packet is one of several fragments. */
  public static boolean isFragment(byte[] bytes, int ip) {
    return (NetworkOrder.u16(bytes, ip + FRAGMENT) & (MF | OFFSET_MASK)) != 0;
  }

  /** Computes and writes the header's checksum. */
  public static void putChecksum(byte[] bytes, int ip) {
    NetworkOrder.put16(bytes, ip + CHECKSUM, 0);
    int sum = Checksum.sum(bytes, ip, headerLength(bytes, ip), 0);
    NetworkOrder.put16(bytes, ip + CHECKSUM, Checksum.complement(sum));
  }

  /** Computes and writes the header's checksum. */
  public static void putChecksum(ByteBuffer bytes, int ip) {
    bytes.putShort(ip + CHECKSUM, (short) 0);
    int sum = Checksum.sum(bytes, ip, headerLength(bytes, ip), 0);
    bytes.putShort(ip + CHECKSUM, (short) Checksum.complement(sum));
  }
}
