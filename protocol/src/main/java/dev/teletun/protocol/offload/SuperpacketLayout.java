package dev.teletun.protocol.offload;

import static dev.teletun.protocol.packet.NetworkOrder.u16;

import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;

/**
 * Where the headers of a superpacket lie, after {@code virtio_net_hdr} and packet have been found
 * to agree (Virtual I/O Device specification 1.2, §5.1.6). Reused; the fields are valid once {@link
 * #read} returned true.
 */
final class SuperpacketLayout {

  /** Longest headers that are taken: IP with options or extension headers, and TCP with options. */
  static final int LONGEST_HEADERS = 256;

  boolean v4;

  /** {@link Protocol#TCP} or {@link Protocol#UDP}. */
  int protocol;

  /** Offset of the TCP or UDP header in the packet. */
  int transport;

  /** Offset of the payload in the packet. */
  int headers;

  boolean read(
      byte[] bytes, int at, int length, int gsoType, int gsoSize, int csumStart, int csumOffset) {
    int type = gsoType & ~VirtioNetHeader.GSO_ECN;
    v4 = length > 0 && (bytes[at] & 0xf0) == 0x40;
    protocol = type == VirtioNetHeader.GSO_UDP_L4 ? Protocol.UDP : Protocol.TCP;
    transport = csumStart;
    boolean udp = protocol == Protocol.UDP;
    return isTypeOfVersion(type)
        && gsoSize > 0
        && csumOffset == (udp ? Udp.CHECKSUM : Tcp.CHECKSUM)
        && csumStart + (udp ? Udp.HEADER : Tcp.MIN_HEADER) <= Math.min(length, LONGEST_HEADERS)
        && (v4 ? isIpv4(bytes, at, length) : isIpv6(bytes, at, length))
        && readHeaders(bytes, at, length);
  }

  private boolean isTypeOfVersion(int type) {
    return switch (type) {
      case VirtioNetHeader.GSO_TCPV4 -> v4;
      case VirtioNetHeader.GSO_TCPV6 -> !v4;
      default -> type == VirtioNetHeader.GSO_UDP_L4;
    };
  }

  private boolean isIpv4(byte[] bytes, int at, int length) {
    return transport >= Ipv4.MIN_HEADER
        && Ipv4.headerLength(bytes, at) == transport
        && u16(bytes, at + Ipv4.TOTAL_LENGTH) == length
        && (bytes[at + Ipv4.PROTOCOL] & 0xff) == protocol
        && !Ipv4.isFragment(bytes, at);
  }

  private boolean isIpv6(byte[] bytes, int at, int length) {
    return (bytes[at] & 0xf0) == 0x60
        && transport >= Ipv6.HEADER
        && Ipv6.HEADER + u16(bytes, at + Ipv6.PAYLOAD_LENGTH) == length
        && Ipv6.isPayloadAt(bytes, at, transport, protocol);
  }

  private boolean readHeaders(byte[] bytes, int at, int length) {
    int header = protocol == Protocol.UDP ? Udp.HEADER : Tcp.headerLength(bytes, at + transport);
    headers = transport + header;
    return (protocol == Protocol.UDP || header >= Tcp.MIN_HEADER)
        && headers <= Math.min(length, LONGEST_HEADERS);
  }
}
