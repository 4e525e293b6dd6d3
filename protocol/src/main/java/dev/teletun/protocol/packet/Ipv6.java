package dev.teletun.protocol.packet;

import java.nio.ByteBuffer;

/** Where the fields of an IPv6 header lie (RFC 8200 §3), and what follows from their values. */
public final class Ipv6 {

  /** Header length in bytes without extension headers. */
  public static final int HEADER = 40;

  /** Bytes behind the header, extension headers included. */
  public static final int PAYLOAD_LENGTH = 4;

  /** What follows the header. */
  public static final int NEXT_HEADER = 6;

  /** Hops left. */
  public static final int HOP_LIMIT = 7;

  /** 16 bytes. */
  public static final int SOURCE = 8;

  /** 16 bytes. */
  public static final int DESTINATION = 24;

  private Ipv6() {}

  /**
   * Offset behind the hop-by-hop, routing and destination options headers, from the beginning of
   * the packet at {@code ip}; -1 if they do not end inside its {@code length} bytes.
   */
  public static int payloadOffset(ByteBuffer bytes, int ip, int length) {
    int next = bytes.get(ip + NEXT_HEADER);
    int offset = HEADER;
    while (isOptions(next)) {
      if (offset + 8 > length) {
        return -1;
      }
      next = bytes.get(ip + offset);
      offset += optionsLength(bytes.get(ip + offset + 1));
    }
    return offset <= length ? offset : -1;
  }

  /** The protocol at {@link #payloadOffset}, which must not be -1. */
  public static int payloadProtocol(ByteBuffer bytes, int ip, int payloadOffset) {
    int next = bytes.get(ip + NEXT_HEADER) & 0xff;
    for (int offset = HEADER; offset < payloadOffset; ) {
      next = bytes.get(ip + offset) & 0xff;
      offset += optionsLength(bytes.get(ip + offset + 1));
    }
    return next;
  }

  /**
   * True if the headers in front of the payload end at {@code offset} and announce {@code
   * protocol}; {@code offset} must lie inside the packet at {@code ip}.
   */
  public static boolean isPayloadAt(byte[] bytes, int ip, int offset, int protocol) {
    int next = bytes[ip + NEXT_HEADER] & 0xff;
    int reached = HEADER;
    while (isOptions(next) && reached < offset) {
      next = bytes[ip + reached] & 0xff;
      reached += optionsLength(bytes[ip + reached + 1]);
    }
    return reached == offset && next == protocol;
  }

  /** Extension headers that begin with next header and length in units of 8 bytes (RFC 8200 §4). */
  static boolean isOptions(int nextHeader) {
    return nextHeader == Protocol.HOP_BY_HOP
        || nextHeader == Protocol.ROUTING
        || nextHeader == Protocol.DESTINATION_OPTIONS;
  }

  static int optionsLength(byte lengthField) {
    return ((lengthField & 0xff) + 1) * 8;
  }
}
