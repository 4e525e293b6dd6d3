package dev.teletun.client.host.filter;

import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The first packet of a connection that the cluster might begin: a TCP SYN, or a UDP datagram. Its
 * number, TCP's sequence number or UDP's first payload, tells it from real ones.
 *
 * @param from an address of the cluster, of the family of {@code to}
 */
record ProbePacket(
    ExposedPorts.Transport transport, InetAddress from, InetAddress to, int port, int number) {
  /** No program has it: RFC 6335 reserves it for multiplexing, and nobody uses that. */
  static final int SOURCE_PORT = 1;

  private static final int PROTOCOL_TCP = 6;
  private static final int PROTOCOL_UDP = 17;
  private static final int TCP_HEADER = 20;
  private static final int UDP_HEADER = 8;
  private static final int PAYLOAD = 8;
  private static final int HOP_LIMIT = 64;
  private static final short SYN = 0x5002; // header of five words

  /** The whole packet with its checksums. */
  byte[] bytes() {
    boolean v6 = to instanceof Inet6Address;
    boolean tcp = transport == ExposedPorts.Transport.TCP;
    int ip = v6 ? Ipv6.HEADER : Ipv4.MIN_HEADER;
    int length = tcp ? TCP_HEADER : UDP_HEADER + PAYLOAD;
    int protocol = tcp ? PROTOCOL_TCP : PROTOCOL_UDP;
    byte[] bytes = new byte[ip + length];
    ByteBuffer packet = ByteBuffer.wrap(bytes);
    if (v6) {
      packet.putInt(6 << 28).putShort((short) length).put((byte) protocol).put((byte) HOP_LIMIT);
    } else {
      packet.putShort((short) 0x4500).putShort((short) bytes.length).putInt(0);
      packet.put((byte) HOP_LIMIT).put((byte) protocol).putShort((short) 0);
    }
    packet.put(from.getAddress()).put(to.getAddress());
    if (!v6) {
      Ipv4.putChecksum(bytes, 0);
    }
    packet.putShort((short) SOURCE_PORT).putShort((short) port);
    if (tcp) {
      packet.putInt(number).putInt(0).putShort(SYN).putShort((short) 0xffff).putInt(0);
    } else {
      packet.putShort((short) length).putShort((short) 0).putInt(number).putInt(0);
    }
    int sum = Checksum.sum(bytes, ip, length, Checksum.pseudoHeader(bytes, 0, protocol, length));
    packet.putShort(ip + (tcp ? 16 : 6), (short) Checksum.nonZeroComplement(sum));
    return bytes;
  }

  /** The condition of an nftables rule that only this packet meets. */
  static String condition(ExposedPorts.Transport transport, int number) {
    return switch (transport) {
      case TCP -> "tcp sport %d tcp sequence %d".formatted(SOURCE_PORT, number);
      case UDP -> "udp sport %d @th,64,32 %d".formatted(SOURCE_PORT, number);
    };
  }

  /**
   * Conditions of nftables rules that meet what a firewall answers to such packets: a reset, or an
   * ICMP error that has the packet in it.
   *
   * @param last number, where {@code first} is that of the first packet
   */
  static List<String> answers(int first, int last) {
    String error = "%s type destination-unreachable @th,%d,32 %d-%d";
    int icmp = 8 * (8 + Ipv4.MIN_HEADER);
    int icmpv6 = 8 * (8 + Ipv6.HEADER);
    int sequence = 32;
    int payload = 64;
    return List.of(
        "tcp dport %d tcp ackseq %d-%d".formatted(SOURCE_PORT, first + 1, last + 1),
        error.formatted("icmp", icmp + sequence, first, last),
        error.formatted("icmp", icmp + payload, first, last),
        error.formatted("icmpv6", icmpv6 + sequence, first, last),
        error.formatted("icmpv6", icmpv6 + payload, first, last));
  }
}
