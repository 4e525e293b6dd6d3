package dev.teletun.protocol.packet;

import java.nio.ByteBuffer;

/**
 * Whether bytes are one IP packet: version, header length, the length it says it has, and the
 * checksum of an IPv4 header. Nothing behind the IP header is looked at.
 */
public final class IpCheck {
  private IpCheck() {}

  /** {@link Verdict#PASS}, or {@link Verdict#NOT_IP} or {@link Verdict#MALFORMED}. */
  public static Verdict check(byte[] bytes, int at, int length) {
    int version = length < 1 ? 0 : bytes[at] >> 4 & 0xf;
    return switch (version) {
      case 4 -> verdict(length >= Ipv4.MIN_HEADER && isIpv4(bytes, at, length));
      case 6 ->
          verdict(
              length >= Ipv6.HEADER
                  && isIpv6(NetworkOrder.u16(bytes, at + Ipv6.PAYLOAD_LENGTH), length));
      default -> Verdict.NOT_IP;
    };
  }

  /** The same for a buffer in big endian order; position and limit mean nothing. */
  public static Verdict check(ByteBuffer bytes, int at, int length) {
    int version = length < 1 ? 0 : bytes.get(at) >> 4 & 0xf;
    return switch (version) {
      case 4 -> verdict(length >= Ipv4.MIN_HEADER && isIpv4(bytes, at, length));
      case 6 ->
          verdict(
              length >= Ipv6.HEADER
                  && isIpv6(bytes.getShort(at + Ipv6.PAYLOAD_LENGTH) & 0xffff, length));
      default -> Verdict.NOT_IP;
    };
  }

  private static boolean isIpv4(byte[] bytes, int at, int length) {
    int header = Ipv4.headerLength(bytes, at);
    return lengthsFit(header, NetworkOrder.u16(bytes, at + Ipv4.TOTAL_LENGTH), length)
        && Checksum.sum(bytes, at, header, 0) == 0xffff;
  }

  private static boolean isIpv4(ByteBuffer bytes, int at, int length) {
    int header = Ipv4.headerLength(bytes, at);
    return lengthsFit(header, bytes.getShort(at + Ipv4.TOTAL_LENGTH) & 0xffff, length)
        && Checksum.sum(bytes, at, header, 0) == 0xffff;
  }

  private static boolean lengthsFit(int header, int totalLength, int length) {
    return header >= Ipv4.MIN_HEADER && header <= totalLength && totalLength == length;
  }

  /** A jumbogram (RFC 2675) says 0 and so is none. */
  private static boolean isIpv6(int payloadLength, int length) {
    return Ipv6.HEADER + payloadLength == length;
  }

  private static Verdict verdict(boolean wellFormed) {
    return wellFormed ? Verdict.PASS : Verdict.MALFORMED;
  }
}
