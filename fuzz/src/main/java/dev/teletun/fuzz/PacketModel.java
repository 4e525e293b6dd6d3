package dev.teletun.fuzz;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * What the RFCs say of a packet, a second time and the slow and simple way, to compare with. Takes
 * packets from the first byte of an array to its last.
 */
final class PacketModel {
  static final int TCP = 6;
  static final int UDP = 17;

  private PacketModel() {}

  static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  static void put16(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }

  static int version(byte[] packet) {
    return packet.length == 0 ? 0 : (packet[0] & 0xff) >> 4;
  }

  static boolean isV4(byte[] packet) {
    return version(packet) == 4;
  }

  static int headerV4(byte[] packet) {
    return (packet[0] & 15) * 4;
  }

  static boolean isWellFormed(byte[] packet) {
    int length = packet.length;
    return switch (version(packet)) {
      case 4 ->
          length >= 20
              && headerV4(packet) >= 20
              && headerV4(packet) <= length
              && u16(packet, 2) == length
              && sum(packet, 0, headerV4(packet), 0) == 0xffff;
      case 6 -> length >= 40 && 40 + u16(packet, 4) == length;
      default -> false;
    };
  }

  /** One's complement sum of 16-bit words. */
  static int sum(byte[] bytes, int from, int to, int initial) {
    int sum = initial;
    for (int at = from; at < to; at += 2) {
      sum += (bytes[at] & 0xff) << 8 | (at + 1 < to ? bytes[at + 1] & 0xff : 0);
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
  }

  static InetAddress source(byte[] packet) {
    return isV4(packet) ? address(packet, 12, 4) : address(packet, 8, 16);
  }

  static InetAddress destination(byte[] packet) {
    return isV4(packet) ? address(packet, 16, 4) : address(packet, 24, 16);
  }

  /** An IPv6 address stays one, also where the JDK would make it an IPv4 address. */
  static InetAddress address(byte[] bytes, int at, int size) {
    byte[] address = Arrays.copyOfRange(bytes, at, at + size);
    try {
      return size == 4
          ? InetAddress.getByAddress(address)
          : Inet6Address.getByAddress(null, address, -1);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Of a packet without extension headers; -1 for a fragment. */
  static int protocol(byte[] packet) {
    if (!isV4(packet)) {
      return packet[6] & 0xff;
    }
    return (u16(packet, 6) & 0x3fff) == 0 ? packet[9] & 0xff : -1;
  }

  static int transport(byte[] packet) {
    return isV4(packet) ? headerV4(packet) : 40;
  }

  /** True if a whole TCP or UDP header follows the IP header. */
  static boolean hasTransport(byte[] packet) {
    int room = packet.length - transport(packet);
    return switch (protocol(packet)) {
      case TCP -> room >= 20;
      case UDP -> room >= 8;
      default -> false;
    };
  }

  static int checksumField(byte[] packet) {
    return transport(packet) + (protocol(packet) == TCP ? 16 : 6);
  }

  /** The sum over pseudo header and transport: 0xffff if the checksum is right. */
  static int transportSum(byte[] packet) {
    int transport = transport(packet);
    int addresses = isV4(packet) ? sum(packet, 12, 20, 0) : sum(packet, 8, 40, 0);
    int size = packet.length - transport;
    byte[] more = {0, (byte) protocol(packet), (byte) (size >> 8), (byte) size};
    return sum(packet, transport, packet.length, sum(more, 0, more.length, addresses));
  }

  /** Makes lengths and checksums right, where there is enough of the packet for that. */
  static void repair(byte[] packet) {
    if (isV4(packet) && packet.length >= 20) {
      if (headerV4(packet) < 20 || headerV4(packet) > packet.length) {
        packet[0] = 0x45;
      }
      put16(packet, 2, packet.length);
      put16(packet, 10, 0);
      put16(packet, 10, ~sum(packet, 0, headerV4(packet), 0));
    } else if (version(packet) == 6 && packet.length >= 40) {
      put16(packet, 4, packet.length - 40);
    } else {
      return;
    }
    if (hasTransport(packet)) {
      if (protocol(packet) == UDP) {
        put16(packet, transport(packet) + 4, packet.length - transport(packet));
      }
      put16(packet, checksumField(packet), 0);
      put16(packet, checksumField(packet), ~transportSum(packet));
    }
  }
}
