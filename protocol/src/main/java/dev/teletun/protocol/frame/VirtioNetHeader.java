package dev.teletun.protocol.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The {@code struct virtio_net_hdr} that precedes each packet on a TUN device opened with
 * IFF_VNET_HDR, in the byte order of this machine ({@code include/uapi/linux/virtio_net.h}).
 *
 * <p>All methods take the buffer and the offset at which the header begins; none keeps either.
 */
public final class VirtioNetHeader {

  /** Size of the header in bytes. */
  public static final int BYTES = 10;

  /** Flag: the checksum at csum_start + csum_offset holds only the pseudo-header sum. */
  public static final int F_NEEDS_CSUM = 1;

  /** Flag: the transport checksum was checked and is right. */
  public static final int F_DATA_VALID = 2;

  /** GSO type: not a superpacket. */
  public static final int GSO_NONE = 0;

  /** GSO type: TCP over IPv4. */
  public static final int GSO_TCPV4 = 1;

  /** GSO type: TCP over IPv6. */
  public static final int GSO_TCPV6 = 4;

  /** GSO type: UDP, each segment a datagram of its own (Linux 6.2 and later). */
  public static final int GSO_UDP_L4 = 5;

  /** Bit of the GSO type: the TCP header carries ECN's CWR. */
  public static final int GSO_ECN = 0x80;

  private static final int FLAGS = 0;
  private static final int GSO_TYPE = 1;
  private static final int HDR_LEN = 2;
  private static final int GSO_SIZE = 4;
  private static final int CSUM_START = 6;
  private static final int CSUM_OFFSET = 8;

  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private VirtioNetHeader() {}

  /** F_ bits. */
  public static int flags(ByteBuffer buffer, int at) {
    return buffer.get(at + FLAGS) & 0xff;
  }

  /** One of the GSO_ values, perhaps with {@link #GSO_ECN}. */
  public static int gsoType(ByteBuffer buffer, int at) {
    return buffer.get(at + GSO_TYPE) & 0xff;
  }

  /** Bytes of network and transport header, a hint that may be 0. */
  public static int headerLength(ByteBuffer buffer, int at) {
    return shortAt(buffer, at + HDR_LEN);
  }

  /** Bytes of payload in each segment but the last; more than 0 for a superpacket. */
  public static int gsoSize(ByteBuffer buffer, int at) {
    return shortAt(buffer, at + GSO_SIZE);
  }

  /** Offset in the packet from which the checksum is summed. */
  public static int checksumStart(ByteBuffer buffer, int at) {
    return shortAt(buffer, at + CSUM_START);
  }

  /** Offset of the checksum after {@link #checksumStart}. */
  public static int checksumOffset(ByteBuffer buffer, int at) {
    return shortAt(buffer, at + CSUM_OFFSET);
  }

  /** Writes a header that promises nothing: a plain packet with complete checksums. */
  public static void putPlain(ByteBuffer buffer, int at) {
    buffer.putShort(at, (short) 0).putLong(at + 2, 0L);
  }

  /** Writes all fields. */
  public static void put(
      ByteBuffer buffer,
      int at,
      int flags,
      int gsoType,
      int headerLength,
      int gsoSize,
      int checksumStart,
      int checksumOffset) {
    buffer.put(at + FLAGS, (byte) flags).put(at + GSO_TYPE, (byte) gsoType);
    putShort(buffer, at + HDR_LEN, headerLength);
    putShort(buffer, at + GSO_SIZE, gsoSize);
    putShort(buffer, at + CSUM_START, checksumStart);
    putShort(buffer, at + CSUM_OFFSET, checksumOffset);
  }

  private static int shortAt(ByteBuffer buffer, int at) {
    short value = buffer.getShort(at);
    return (SWAP ? Short.reverseBytes(value) : value) & 0xffff;
  }

  private static void putShort(ByteBuffer buffer, int at, int value) {
    buffer.putShort(at, SWAP ? Short.reverseBytes((short) value) : (short) value);
  }
}
