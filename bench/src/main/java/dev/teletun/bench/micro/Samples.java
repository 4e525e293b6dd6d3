package dev.teletun.bench.micro;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.NetworkOrder;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;
import java.net.InetAddress;

/** Packets from the pod's address, with right checksums, and frames of them. */
final class Samples {
  static final InetAddress POD = InetAddress.ofLiteral("10.0.2.7");
  static final InetAddress OTHER = InetAddress.ofLiteral("10.0.3.9");

  /** The largest packet that the tunnels here carry whole. */
  static final int MTU = 1400;

  /** Bytes of IPv4 and TCP header without options. */
  static final int TCP_HEADERS = Ipv4.MIN_HEADER + Tcp.MIN_HEADER;

  /** Bytes of IPv4 and UDP header. */
  static final int UDP_HEADERS = Ipv4.MIN_HEADER + Udp.HEADER;

  /** Bytes of TCP payload in a packet of {@link #MTU}. */
  static final int SEGMENT = MTU - TCP_HEADERS;

  /** Full packets that one superpacket holds. */
  static final int SEGMENTS = 46;

  private static final byte[] MAXIMUM_SEGMENT_SIZE = {2, 4, 0x05, (byte) 0xb4}; // 1460

  private Samples() {}

  /** A TCP segment with so much payload, which begins at {@code sequence}. */
  static byte[] tcp(int sequence, int payload) {
    byte[] packet = ip(Protocol.TCP, TCP_HEADERS + payload);
    putTcp(packet, sequence, Tcp.ACK, Tcp.MIN_HEADER);
    putTransportChecksum(packet, Protocol.TCP, Tcp.CHECKSUM);
    return packet;
  }

  /** Begins a connection, and announces segments of 1460 bytes. */
  static byte[] syn() {
    byte[] packet = ip(Protocol.TCP, TCP_HEADERS + MAXIMUM_SEGMENT_SIZE.length);
    putTcp(packet, 0, Tcp.SYN, Tcp.MIN_HEADER + MAXIMUM_SEGMENT_SIZE.length);
    System.arraycopy(MAXIMUM_SEGMENT_SIZE, 0, packet, TCP_HEADERS, MAXIMUM_SEGMENT_SIZE.length);
    putTransportChecksum(packet, Protocol.TCP, Tcp.CHECKSUM);
    return packet;
  }

  /** A datagram with so much payload. */
  static byte[] udp(int payload) {
    byte[] packet = ip(Protocol.UDP, UDP_HEADERS + payload);
    NetworkOrder.put16(packet, Ipv4.MIN_HEADER + Udp.DESTINATION_PORT, 5000);
    NetworkOrder.put16(packet, Ipv4.MIN_HEADER + Udp.LENGTH, Udp.HEADER + payload);
    putTransportChecksum(packet, Protocol.UDP, Udp.CHECKSUM);
    return packet;
  }

  private static byte[] ip(int protocol, int length) {
    byte[] packet = new byte[length];
    packet[0] = 0x45;
    NetworkOrder.put16(packet, Ipv4.TOTAL_LENGTH, length);
    NetworkOrder.put16(packet, Ipv4.FRAGMENT, Ipv4.DF);
    packet[Ipv4.TTL] = 64;
    packet[Ipv4.PROTOCOL] = (byte) protocol;
    System.arraycopy(POD.getAddress(), 0, packet, Ipv4.SOURCE, 4);
    System.arraycopy(OTHER.getAddress(), 0, packet, Ipv4.DESTINATION, 4);
    Ipv4.putChecksum(packet, 0);
    return packet;
  }

  private static void putTcp(byte[] packet, int sequence, int flags, int header) {
    int at = Ipv4.MIN_HEADER;
    NetworkOrder.put16(packet, at + Udp.DESTINATION_PORT, 5000); // TCP has it at the same place
    NetworkOrder.put32(packet, at + Tcp.SEQUENCE, sequence);
    packet[at + Tcp.DATA_OFFSET] = (byte) ((header / 4) << 4);
    packet[at + Tcp.FLAGS] = (byte) flags;
    NetworkOrder.put16(packet, at + Tcp.WINDOW, 1000);
  }

  private static void putTransportChecksum(byte[] packet, int protocol, int field) {
    int at = Ipv4.MIN_HEADER;
    int size = packet.length - at;
    int sum = Checksum.sum(packet, at, size, Checksum.pseudoHeader(packet, 0, protocol, size));
    NetworkOrder.put16(packet, at + field, Checksum.nonZeroComplement(sum));
  }

  /** Appends a superpacket of {@link #SEGMENTS}, as a TUN device hands one over. */
  static void addSuperpacket(FrameBatch into) {
    byte[] packet = tcp(0, SEGMENTS * SEGMENT);
    int size = packet.length - Ipv4.MIN_HEADER;
    NetworkOrder.put16(
        packet,
        Ipv4.MIN_HEADER + Tcp.CHECKSUM,
        Checksum.pseudoHeader(packet, 0, Protocol.TCP, size));
    into.buffer().put(into.nextPacketOffset(), packet);
    VirtioNetHeader.put(
        into.buffer(),
        into.nextHeaderOffset(),
        VirtioNetHeader.F_NEEDS_CSUM,
        VirtioNetHeader.GSO_TCPV4,
        TCP_HEADERS,
        SEGMENT,
        Ipv4.MIN_HEADER,
        Tcp.CHECKSUM);
    into.commit(packet.length);
  }

  /** Appends one packet. */
  static void add(FrameBatch into, byte[] packet) {
    into.buffer().put(into.nextPacketOffset(), packet);
    VirtioNetHeader.putPlain(into.buffer(), into.nextHeaderOffset());
    into.commit(packet.length);
  }
}
