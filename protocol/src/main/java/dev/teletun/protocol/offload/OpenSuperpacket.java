package dev.teletun.protocol.offload;

import static dev.teletun.protocol.packet.NetworkOrder.i32;
import static dev.teletun.protocol.packet.NetworkOrder.put16;
import static dev.teletun.protocol.packet.NetworkOrder.u16;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;
import java.util.Arrays;

/**
 * The headers of the superpacket that a {@link Coalescer} is at, and which packet may follow.
 *
 * <p>The rules are those of Linux' receive offload ({@code net/ipv4/tcp_offload.c}, {@code
 * udp_offload.c}): splitting the superpacket again gives the same packets.
 */
final class OpenSuperpacket {
  private static final int LONGEST_HEADERS = Ipv6.HEADER + 60;
  private static final int MOST_DATAGRAMS = 64; // UDP_MAX_SEGMENTS up to Linux 6.8

  // Flags that the segments of one superpacket may differ in.
  private static final int MAY_DIFFER = Tcp.CWR | Tcp.FIN | Tcp.PSH;

  private final byte[] first = new byte[LONGEST_HEADERS];
  private boolean v4;
  private int protocol;
  private int transport;
  private int headers;
  private int gsoSize;
  private int length;
  private int segments;
  private boolean growing;

  /** Begins with the packet that {@code candidate} was read from. */
  void begin(byte[] bytes, int at, MergeCandidate candidate) {
    v4 = candidate.v4;
    protocol = candidate.protocol;
    transport = candidate.transport;
    headers = candidate.headers;
    gsoSize = candidate.payload;
    length = headers + gsoSize;
    segments = 1;
    System.arraycopy(bytes, at, first, 0, headers);
    growing = !isLast(bytes, at);
  }

  /** Bytes of headers and all payload so far. */
  int length() {
    return length;
  }

  /** True if the packet that {@code candidate} was read from comes next. */
  boolean isFollowedBy(byte[] bytes, int at, MergeCandidate candidate) {
    return growing
        && candidate.v4 == v4
        && candidate.protocol == protocol
        && candidate.payload <= gsoSize
        && length + candidate.payload <= FrameBatch.LARGEST_PACKET
        && (v4 ? continuesIpv4(bytes, at) : continuesIpv6(bytes, at))
        && (protocol == Protocol.TCP
            ? continuesTcp(bytes, at + transport)
            : segments < MOST_DATAGRAMS && isSame(bytes, at, transport, transport + Udp.LENGTH));
  }

  /** Counts the payload of that packet in. */
  void add(byte[] bytes, int at, MergeCandidate candidate) {
    length += candidate.payload;
    segments++;
    growing = candidate.payload == gsoSize && !isLast(bytes, at);
    if (protocol == Protocol.TCP) {
      first[transport + Tcp.FLAGS] |=
          (byte) (bytes[at + transport + Tcp.FLAGS] & (Tcp.FIN | Tcp.PSH));
    }
  }

  /** Writes the frame's header, and the packet's if there is more than one segment in it. */
  void complete(FrameBatch into) {
    if (segments == 1) {
      VirtioNetHeader.putPlain(into.buffer(), into.nextHeaderOffset());
      return;
    }
    if (v4) {
      put16(first, Ipv4.TOTAL_LENGTH, length);
      Ipv4.putChecksum(first, 0);
    } else {
      put16(first, Ipv6.PAYLOAD_LENGTH, length - Ipv6.HEADER);
    }
    int type = protocol == Protocol.TCP ? tcpType() : VirtioNetHeader.GSO_UDP_L4;
    int checksum = protocol == Protocol.TCP ? Tcp.CHECKSUM : Udp.CHECKSUM;
    if (protocol == Protocol.UDP) {
      put16(first, transport + Udp.LENGTH, length - transport);
    }
    put16(
        first, transport + checksum, Checksum.pseudoHeader(first, 0, protocol, length - transport));
    into.buffer().put(into.nextPacketOffset(), first, 0, headers);
    VirtioNetHeader.put(
        into.buffer(),
        into.nextHeaderOffset(),
        VirtioNetHeader.F_NEEDS_CSUM,
        type,
        headers,
        gsoSize,
        transport,
        checksum);
  }

  private int tcpType() {
    int type = v4 ? VirtioNetHeader.GSO_TCPV4 : VirtioNetHeader.GSO_TCPV6;
    boolean reduced = (first[transport + Tcp.FLAGS] & Tcp.CWR) != 0;
    return reduced ? type | VirtioNetHeader.GSO_ECN : type;
  }

  private boolean isLast(byte[] bytes, int at) {
    return protocol == Protocol.TCP
        && (bytes[at + transport + Tcp.FLAGS] & (Tcp.FIN | Tcp.PSH)) != 0;
  }

  /** Where fragmentation is allowed the IDs must be those that splitting makes (RFC 6864 §4). */
  private boolean continuesIpv4(byte[] bytes, int at) {
    boolean sequential = u16(bytes, at + Ipv4.ID) == (u16(first, Ipv4.ID) + segments & 0xffff);
    return bytes[at + Ipv4.TOS] == first[Ipv4.TOS]
        && isSame(bytes, at, Ipv4.FRAGMENT, Ipv4.CHECKSUM)
        && isSame(bytes, at, Ipv4.SOURCE, Ipv4.MIN_HEADER)
        && (sequential || (u16(first, Ipv4.FRAGMENT) & Ipv4.DF) != 0);
  }

  private boolean continuesIpv6(byte[] bytes, int at) {
    return i32(bytes, at) == i32(first, 0) && isSame(bytes, at, Ipv6.NEXT_HEADER, Ipv6.HEADER);
  }

  private boolean continuesTcp(byte[] bytes, int tcp) {
    int flags = bytes[tcp + Tcp.FLAGS];
    int sequence = i32(first, transport + Tcp.SEQUENCE) + (segments * gsoSize);
    return i32(bytes, tcp + Tcp.SEQUENCE) == sequence
        && (flags & Tcp.CWR) == 0
        && ((flags ^ first[transport + Tcp.FLAGS]) & ~MAY_DIFFER & 0xff) == 0
        && isSame(bytes, tcp - transport, transport, transport + Tcp.SEQUENCE)
        && isSame(bytes, tcp - transport, transport + Tcp.ACKNOWLEDGMENT, transport + Tcp.FLAGS)
        && isSame(bytes, tcp - transport, transport + Tcp.WINDOW, transport + Tcp.CHECKSUM)
        && isSame(bytes, tcp - transport, transport + Tcp.URGENT, headers);
  }

  private boolean isSame(byte[] bytes, int at, int from, int to) {
    return Arrays.equals(bytes, at + from, at + to, first, from, to);
  }
}
