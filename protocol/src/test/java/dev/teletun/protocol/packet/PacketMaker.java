package dev.teletun.protocol.packet;

import dev.teletun.protocol.address.Addresses;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes packets for tests, field by field, with right checksums from {@link #plainSum}: an own,
 * simple sum, so that it can judge {@link Checksum}.
 */
public final class PacketMaker {
  public byte[] source = Addresses.parse("10.0.2.7").getAddress();
  public byte[] destination = Addresses.parse("10.0.3.9").getAddress();
  public byte[] ipOptions = {};
  public int tos;
  public int id = 0x1234;
  public int fragment = Ipv4.DF;
  public int ttl = 64;
  public int flowLabel;
  public int sourcePort = 40_000;
  public int destinationPort = 443;
  public int sequence = 1_000;
  public int acknowledgment = 7;
  public int flags = Tcp.ACK;
  public int window = 501;
  public int urgent;
  public byte[] tcpOptions = {};
  public byte[] payload = {};

  /** Goes over to IPv6 addresses. */
  public PacketMaker v6() {
    source = Addresses.parse("fd00::7").getAddress();
    destination = Addresses.parse("fd00:1::9").getAddress();
    return this;
  }

  public PacketMaker from(String address) {
    source = Addresses.parse(address).getAddress();
    return this;
  }

  public PacketMaker to(String address) {
    destination = Addresses.parse(address).getAddress();
    return this;
  }

  public byte[] tcp() {
    byte[] segment = new byte[Tcp.MIN_HEADER + tcpOptions.length + payload.length];
    ByteBuffer tcp = ByteBuffer.wrap(segment);
    tcp.putShort((short) sourcePort).putShort((short) destinationPort);
    tcp.putInt(sequence).putInt(acknowledgment);
    int words = (Tcp.MIN_HEADER + tcpOptions.length) / 4;
    tcp.put((byte) (words << 4)).put((byte) flags);
    tcp.putShort((short) window).putShort((short) 0).putShort((short) urgent);
    tcp.put(tcpOptions).put(payload);
    return ip(Protocol.TCP, segment, Tcp.CHECKSUM);
  }

  public byte[] udp() {
    byte[] datagram = new byte[Udp.HEADER + payload.length];
    ByteBuffer udp = ByteBuffer.wrap(datagram);
    udp.putShort((short) sourcePort).putShort((short) destinationPort);
    udp.putShort((short) datagram.length).putShort((short) 0).put(payload);
    return ip(Protocol.UDP, datagram, Udp.CHECKSUM);
  }

  /** An IP packet around {@code transport}, whose checksum field, if not negative, is filled in. */
  public byte[] ip(int protocol, byte[] transport, int checksumOffset) {
    if (checksumOffset >= 0) {
      int sum = plainSum(pseudoHeader(protocol, transport.length), transport);
      int checksum = ~sum & 0xffff;
      ByteBuffer.wrap(transport)
          .putShort(checksumOffset, (short) (checksum == 0 ? 0xffff : checksum));
    }
    return source.length == 4 ? ipv4(protocol, transport) : ipv6(protocol, transport);
  }

  private byte[] ipv4(int protocol, byte[] transport) {
    int header = 20 + ipOptions.length;
    ByteBuffer ip = ByteBuffer.allocate(header + transport.length);
    ip.put((byte) (0x40 + header / 4)).put((byte) tos).putShort((short) ip.capacity());
    ip.putShort((short) id).putShort((short) fragment);
    ip.put((byte) ttl).put((byte) protocol).putShort((short) 0);
    ip.put(source).put(destination).put(ipOptions);
    ip.putShort(10, (short) ~plainSum(Arrays.copyOf(ip.array(), header)));
    return ip.put(transport).array();
  }

  private byte[] ipv6(int protocol, byte[] transport) {
    ByteBuffer ip = ByteBuffer.allocate(40 + ipOptions.length + transport.length);
    ip.putInt((6 << 28) + (tos << 20) + flowLabel);
    ip.putShort((short) (ipOptions.length + transport.length));
    ip.put((byte) (ipOptions.length > 0 ? Protocol.DESTINATION_OPTIONS : protocol)).put((byte) ttl);
    ip.put(source).put(destination).put(ipOptions);
    if (ipOptions.length > 0) {
      ip.put(40, (byte) protocol);
    }
    return ip.put(transport).array();
  }

  /** RFC 9293 §3.1, RFC 8200 §8.1. */
  public byte[] pseudoHeader(int protocol, int length) {
    return ByteBuffer.allocate(2 * source.length + 8)
        .put(source)
        .put(destination)
        .putInt(length)
        .putInt(protocol)
        .array();
  }

  /**
   * The checksum of RFC 1071 as its text describes it, over parts of which only the last is odd.
   */
  public static int plainSum(byte[]... parts) {
    int sum = 0;
    for (byte[] part : parts) {
      for (int i = 0; i < part.length; i++) {
        sum += i % 2 == 0 ? (part[i] & 0xff) << 8 : part[i] & 0xff;
        sum = (sum & 0xffff) + (sum >> 16);
      }
    }
    return sum;
  }

  /** True if the checksums of IP, and of TCP or UDP, are right by {@link #plainSum}. */
  public static boolean hasRightChecksums(byte[] packet) {
    boolean v4 = packet[0] >> 4 == 4;
    int transport = v4 ? (packet[0] & 0xf) * 4 : 40;
    int protocol = packet[v4 ? 9 : 6];
    if (!v4 && protocol == Protocol.DESTINATION_OPTIONS) {
      protocol = packet[40];
      transport += (packet[41] + 1) * 8;
    }
    PacketMaker addresses = new PacketMaker();
    addresses.source = Arrays.copyOfRange(packet, v4 ? 12 : 8, v4 ? 16 : 24);
    addresses.destination = Arrays.copyOfRange(packet, v4 ? 16 : 24, v4 ? 20 : 40);
    byte[] rest = Arrays.copyOfRange(packet, transport, packet.length);
    return (!v4 || plainSum(Arrays.copyOf(packet, transport)) == 0xffff)
        && plainSum(addresses.pseudoHeader(protocol, rest.length), rest) == 0xffff;
  }
}
