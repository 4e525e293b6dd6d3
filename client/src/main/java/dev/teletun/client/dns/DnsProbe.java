package dev.teletun.client.dns;

import dev.teletun.client.dns.stub.DnsHeader;
import dev.teletun.client.dns.stub.Question;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.packet.Checksum;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Packets made in user space that show, before the host is touched, whether the other end of the
 * tunnel answers: a DNS query and an echo request, and how to know their answers.
 */
public final class DnsProbe {
  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;
  private static final int UDP_HEADER = 8;
  private static final int ECHO_HEADER = 8;
  private static final int PROTOCOL_ICMP = 1;
  private static final int PROTOCOL_UDP = 17;
  private static final int PROTOCOL_ICMPV6 = 58;
  private static final int DNS_PORT = 53;
  private static final int HOP_LIMIT = 64;
  private static final int RIGHT = 0xffff; // sum over bytes whose checksum is right
  static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;

  private DnsProbe() {}

  /**
   * A complete IP packet with a recursive DNS query for the address of {@code name}, an IPv4
   * address if source and server are IPv4, else an IPv6 address.
   *
   * @param source the pod's address P, of the family of {@code server}
   * @param name host name; the root as ""
   * @throws IllegalArgumentException if the families differ or the name is none
   */
  public static byte[] packet(
      InetAddress source, InetAddress server, int sourcePort, int id, String name) {
    boolean v6 = requireSameFamily(source, server);
    byte[] query = query(id, name, v6 ? TYPE_AAAA : TYPE_A);
    int udp = v6 ? V6_HEADER : V4_HEADER;
    byte[] bytes = new byte[udp + UDP_HEADER + query.length];
    ByteBuffer packet = ByteBuffer.wrap(bytes);
    putHeader(packet, source, server, PROTOCOL_UDP);
    packet.putShort((short) sourcePort).putShort((short) DNS_PORT);
    packet.putShort((short) (UDP_HEADER + query.length)).putShort((short) 0).put(query);
    int sum = transportSum(bytes, udp, PROTOCOL_UDP);
    packet.putShort(udp + 6, (short) Checksum.nonZeroComplement(sum));
    return bytes;
  }

  /** A recursive DNS query as a message, without UDP and IP headers. */
  static byte[] query(int id, String name, int type) {
    byte[] wireName = name.isEmpty() ? new byte[1] : Question.wireName(name);
    ByteBuffer query = ByteBuffer.allocate(DnsHeader.BYTES + wireName.length + 4);
    query.putShort((short) id).putShort((short) 0x0100).putShort((short) 1); // RD, one question
    query.putShort((short) 0).putInt(0).put(wireName);
    return query.putShort((short) type).putShort((short) 1).array(); // class IN
  }

  /**
   * True if the packet is the answer, of whatever response code, to {@link #packet} with the same
   * arguments. Reads {@code bytes[at, at + length)} and checks its checksums.
   */
  public static boolean answers(
      byte[] bytes,
      int at,
      int length,
      InetAddress source,
      InetAddress server,
      int sourcePort,
      int id) {
    byte[] p = Arrays.copyOfRange(bytes, at, at + length);
    int udp = transportOffset(p, source, server, PROTOCOL_UDP);
    if (udp < 0 || p.length < udp + UDP_HEADER + DnsHeader.BYTES) {
      return false;
    }
    boolean unsummed = udp == V4_HEADER && DnsHeader.u16(p, udp + 6) == 0; // RFC 768, IPv4 only
    return DnsHeader.u16(p, udp) == DNS_PORT
        && DnsHeader.u16(p, udp + 2) == sourcePort
        && DnsHeader.u16(p, udp + 4) == p.length - udp
        && DnsHeader.u16(p, udp + UDP_HEADER) == id
        && (p[udp + UDP_HEADER + 2] & 0x80) != 0 // QR
        && (unsummed || transportSum(p, udp, PROTOCOL_UDP) == RIGHT);
  }

  /** A complete ICMP or ICMPv6 echo request (RFC 792, RFC 4443 §4.1) without payload. */
  public static byte[] echoRequest(InetAddress source, InetAddress target, int id, int sequence) {
    return echoRequest(source, target, id, sequence, smallestEcho(source));
  }

  private static int smallestEcho(InetAddress source) {
    return (source.getAddress().length == 16 ? V6_HEADER : V4_HEADER) + ECHO_HEADER;
  }

  /**
   * The same, padded with zeros to a packet of {@code packetBytes}.
   *
   * @param packetBytes at least the headers, at most 65,535
   */
  public static byte[] echoRequest(
      InetAddress source, InetAddress target, int id, int sequence, int packetBytes) {
    boolean v6 = requireSameFamily(source, target);
    int protocol = v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP;
    int icmp = v6 ? V6_HEADER : V4_HEADER;
    byte[] bytes = new byte[packetBytes];
    ByteBuffer packet = ByteBuffer.wrap(bytes);
    putHeader(packet, source, target, protocol);
    packet.put((byte) (v6 ? 128 : 8)).put((byte) 0).putShort((short) 0);
    packet.putShort((short) id).putShort((short) sequence);
    packet.putShort(icmp + 2, (short) Checksum.complement(transportSum(bytes, icmp, protocol)));
    return bytes;
  }

  /** True if the packet is the echo reply to {@link #echoRequest} with the same arguments. */
  public static boolean answersEcho(
      byte[] bytes,
      int at,
      int length,
      InetAddress source,
      InetAddress target,
      int id,
      int sequence) {
    byte[] p = Arrays.copyOfRange(bytes, at, at + length);
    boolean v6 = requireSameFamily(source, target);
    int protocol = v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP;
    int icmp = transportOffset(p, source, target, protocol);
    return icmp >= 0
        && p.length >= icmp + ECHO_HEADER
        && p[icmp] == (byte) (v6 ? 129 : 0)
        && DnsHeader.u16(p, icmp + 4) == id
        && DnsHeader.u16(p, icmp + 6) == sequence
        && transportSum(p, icmp, protocol) == RIGHT;
  }

  private static boolean requireSameFamily(InetAddress source, InetAddress destination) {
    boolean v6 = source.getAddress().length == 16;
    if (v6 != (destination.getAddress().length == 16)) {
      throw new IllegalArgumentException(
          "%s and %s are of different families"
              .formatted(source.getHostAddress(), destination.getHostAddress()));
    }
    return v6;
  }

  /** Writes the IP header of a packet that fills the buffer, and leaves the position behind it. */
  private static void putHeader(
      ByteBuffer packet, InetAddress source, InetAddress destination, int protocol) {
    int length = packet.capacity();
    if (source.getAddress().length == 16) {
      packet.putInt(6 << 28).putShort((short) (length - V6_HEADER));
      packet.put((byte) protocol).put((byte) HOP_LIMIT);
      packet.put(source.getAddress()).put(destination.getAddress());
      return;
    }
    packet.putShort((short) 0x4500).putShort((short) length).putInt(0);
    packet.put((byte) HOP_LIMIT).put((byte) protocol).putShort((short) 0);
    packet.put(source.getAddress()).put(destination.getAddress());
    packet.putShort(10, (short) Checksum.complement(Checksum.sum(packet, 0, V4_HEADER, 0)));
  }

  /**
   * Where the transport header begins in a packet from {@code server} to {@code source}; -1 if it
   * is none of this protocol, or broken, or has options or extension headers.
   */
  private static int transportOffset(
      byte[] p, InetAddress source, InetAddress server, int protocol) {
    boolean v6 = source.getAddress().length == 16;
    int header = v6 ? V6_HEADER : V4_HEADER;
    if (p.length < header) {
      return -1;
    }
    boolean right =
        v6
            ? (p[0] & 0xf0) == 0x60
                && DnsHeader.u16(p, 4) == p.length - V6_HEADER
                && p[6] == (byte) protocol
            : p[0] == 0x45
                && DnsHeader.u16(p, 2) == p.length
                && p[9] == (byte) protocol
                && (DnsHeader.u16(p, 6) & 0x3fff) == 0 // not a fragment
                && Checksum.sum(p, 0, V4_HEADER, 0) == RIGHT;
    int addresses = v6 ? 8 : 12;
    int each = v6 ? 16 : 4;
    return right
            && address(p, addresses, each).equals(server)
            && address(p, addresses + each, each).equals(source)
        ? header
        : -1;
  }

  private static InetAddress address(byte[] p, int at, int length) {
    return Addresses.ofBytes(Arrays.copyOfRange(p, at, at + length));
  }

  /** Over pseudo header and transport; 0xffff over a packet whose checksum is right. */
  private static int transportSum(byte[] p, int transport, int protocol) {
    int length = p.length - transport;
    int pseudo = protocol == PROTOCOL_ICMP ? 0 : Checksum.pseudoHeader(p, 0, protocol, length);
    return Checksum.sum(p, transport, length, pseudo);
  }
}
