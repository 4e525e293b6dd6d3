package dev.teletun.protocol.icmp;

import java.nio.ByteBuffer;

/**
 * The answer to a packet that does not fit a link and may not be cut: ICMP "fragmentation needed"
 * (RFC 792, RFC 1191 §4) or ICMPv6 "packet too big" (RFC 4443 §3.2).
 */
public final class TooBig {
  private static final IcmpError ERROR = new IcmpError((byte) 3, (byte) 4, (byte) 2, (byte) 0);

  private TooBig() {}

  /**
   * Builds the answer.
   *
   * @param offending well-formed, with the values in big endian order
   * @param mtuBytes what would have fitted
   * @param into has 1280 bytes of room at {@code at}
   * @return length of the answer, or 0 if none may be sent: to an ICMP error, a later fragment, a
   *     multicast packet, or a source that is no single host
   */
  public static int answer(
      ByteBuffer offending, int packetAt, int length, int mtuBytes, ByteBuffer into, int at) {
    return ERROR.about(offending, packetAt, length, mtuBytes, into, at);
  }
}
