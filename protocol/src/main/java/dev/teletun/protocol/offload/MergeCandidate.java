package dev.teletun.protocol.offload;

import static dev.teletun.protocol.packet.NetworkOrder.u16;

import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;

/**
 * What must be known of a packet that may become part of a superpacket. Reused; the fields are
 * valid once {@link #read} returned true.
 */
final class MergeCandidate {
  private static final int TCP_FLAGS = Tcp.ACK | Tcp.PSH | Tcp.FIN | Tcp.ECE | Tcp.CWR;

  boolean v4;

  /** {@link Protocol#TCP} or {@link Protocol#UDP}. */
  int protocol;

  /** Offset of the TCP or UDP header in the packet. */
  int transport;

  /** Offset of the payload in the packet. */
  int headers;

  /** Bytes of payload, at least 1. */
  int payload;

  /**
   * True for a packet with payload, without IP options, extension headers or fragmentation, whose
   * checksums are right: a superpacket gets a new one, which must not hide a wrong one.
   */
  boolean read(byte[] bytes, int at, int length, boolean udpToo) {
    v4 = length >= Ipv4.MIN_HEADER && bytes[at] == 0x45;
    transport = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
    if (!(v4 ? isIpv4(bytes, at, length) : isIpv6(bytes, at, length))) {
      return false;
    }
    protocol = bytes[at + (v4 ? Ipv4.PROTOCOL : Ipv6.NEXT_HEADER)] & 0xff;
    boolean right =
        switch (protocol) {
          case Protocol.TCP -> isTcp(bytes, at, length);
          case Protocol.UDP -> udpToo && isUdp(bytes, at, length);
          default -> false;
        };
    return right && hasRightChecksum(bytes, at, length);
  }

  private static boolean isIpv4(byte[] bytes, int at, int length) {
    return u16(bytes, at + Ipv4.TOTAL_LENGTH) == length
        && (u16(bytes, at + Ipv4.FRAGMENT) & ~Ipv4.DF) == 0
        && Checksum.sum(bytes, at, Ipv4.MIN_HEADER, 0) == 0xffff;
  }

  private static boolean isIpv6(byte[] bytes, int at, int length) {
    return length >= Ipv6.HEADER
        && (bytes[at] & 0xf0) == 0x60
        && Ipv6.HEADER + u16(bytes, at + Ipv6.PAYLOAD_LENGTH) == length;
  }

  private boolean isTcp(byte[] bytes, int at, int length) {
    if (transport + Tcp.MIN_HEADER > length) {
      return false;
    }
    int header = Tcp.headerLength(bytes, at + transport);
    int flags = bytes[at + transport + Tcp.FLAGS] & 0xff;
    headers = transport + header;
    payload = length - headers;
    return header >= Tcp.MIN_HEADER
        && payload > 0
        && (flags & Tcp.ACK) != 0
        && (flags & ~TCP_FLAGS) == 0;
  }

  /** A datagram without checksum, which its sender wants so, counts as one with a wrong one. */
  private boolean isUdp(byte[] bytes, int at, int length) {
    headers = transport + Udp.HEADER;
    payload = length - headers;
    return payload > 0 && u16(bytes, at + transport + Udp.LENGTH) == length - transport;
  }

  private boolean hasRightChecksum(byte[] bytes, int at, int length) {
    int size = length - transport;
    int pseudoHeader = Checksum.pseudoHeader(bytes, at, protocol, size);
    return Checksum.sum(bytes, at + transport, size, pseudoHeader) == 0xffff;
  }
}
