package dev.teletun.protocol.icmp;

import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import java.nio.ByteBuffer;

/**
 * The answer to a TCP segment for which there is no way now: ICMP "net unreachable" (RFC 792) or
 * ICMPv6 "no route to destination" (RFC 4443 §3.1). TCP then knows that the segment was not lost by
 * congestion, and does not wait twice as long before it tries again (RFC 6069): a connection goes
 * on soon after a long absence.
 */
public final class NoRoute {
  private static final IcmpError ERROR = new IcmpError((byte) 3, (byte) 0, (byte) 1, (byte) 0);

  private NoRoute() {}

  /**
   * Builds the answer.
   *
   * @param offending well-formed, with the values in big endian order
   * @param into has 1280 bytes of room at {@code at}
   * @return length of the answer, or 0 if none is to be sent: to what is no TCP, and to a SYN or
   *     RST, for a connection that begins would fail by it at once (RFC 1122 §4.2.3.9)
   */
  public static int answer(
      ByteBuffer offending, int packetAt, int length, ByteBuffer into, int at) {
    int tcp = tcp(offending, packetAt, length);
    if (tcp < 0 || tcp + Tcp.FLAGS >= length) {
      return 0;
    }
    boolean waits = (offending.get(packetAt + tcp + Tcp.FLAGS) & (Tcp.SYN | Tcp.RST)) == 0;
    return waits ? ERROR.about(offending, packetAt, length, 0, into, at) : 0;
  }

  /** Where in the packet its TCP header begins; negative if it has none. */
  private static int tcp(ByteBuffer packet, int at, int length) {
    if (length >= Ipv4.MIN_HEADER && packet.get(at) >> 4 == 4) {
      boolean whole = (packet.getShort(at + Ipv4.FRAGMENT) & Ipv4.OFFSET_MASK) == 0;
      boolean isTcp = packet.get(at + Ipv4.PROTOCOL) == Protocol.TCP;
      return whole && isTcp ? Ipv4.headerLength(packet, at) : -1;
    }
    if (length >= Ipv6.HEADER && packet.get(at) >> 4 == 6) {
      int payload = Ipv6.payloadOffset(packet, at, length);
      boolean isTcp = payload >= 0 && Ipv6.payloadProtocol(packet, at, payload) == Protocol.TCP;
      return isTcp ? payload : -1;
    }
    return -1;
  }
}
