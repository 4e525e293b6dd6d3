package dev.teletun.protocol.packet;

/**
 * Whether a packet names further stops, and so is for somebody else than its destination field
 * says: such a packet would pass any filter by address.
 */
public final class SourceRoute {
  private static final int END_OF_OPTIONS = 0; // RFC 791 §3.1
  private static final int NO_OPERATION = 1;
  private static final int LOOSE = 131;
  private static final int STRICT = 137;

  private static final int SEGMENTS_LEFT = 3; // RFC 8200 §4.4

  private SourceRoute() {}

  /** True if the IPv4 options hold a source route, or cannot be read. */
  public static boolean inIpv4(byte[] bytes, int ip) {
    int end = ip + Ipv4.headerLength(bytes, ip);
    int next = ip + Ipv4.MIN_HEADER;
    while (next < end) {
      int option = NetworkOrder.u8(bytes, next);
      if (option == END_OF_OPTIONS) {
        return false;
      }
      if (option == LOOSE || option == STRICT) {
        return true;
      }
      if (option == NO_OPERATION) {
        next++;
      } else if (next + 1 < end && bytes[next + 1] >= 2) {
        next += bytes[next + 1];
      } else {
        return true;
      }
    }
    return next != end;
  }

  /**
   * True if an IPv6 routing header has segments left, or the headers in front of the payload do not
   * end within {@code length} bytes.
   */
  public static boolean inIpv6(byte[] bytes, int ip, int length) {
    int nextHeader = bytes[ip + Ipv6.NEXT_HEADER];
    int offset = Ipv6.HEADER;
    while (Ipv6.isOptions(nextHeader)) {
      if (offset + 8 > length
          || (nextHeader == Protocol.ROUTING && bytes[ip + offset + SEGMENTS_LEFT] != 0)) {
        return true;
      }
      nextHeader = bytes[ip + offset];
      offset += Ipv6.optionsLength(bytes[ip + offset + 1]);
    }
    return offset > length;
  }
}
