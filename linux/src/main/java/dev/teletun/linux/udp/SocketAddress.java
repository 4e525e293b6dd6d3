package dev.teletun.linux.udp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct sockaddr_in} and {@code sockaddr_in6} ({@code include/uapi/linux/in.h}, {@code
 * in6.h}) in memory of this machine's byte order: family, port, then 4 bytes of address, or flow
 * info, 16 bytes of address and scope.
 */
final class SocketAddress {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int LARGEST = 28;

  private static final int SMALLEST = 16;
  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private SocketAddress() {}

  /**
   * Writes {@code peer} as a socket of {@code family} wants it.
   *
   * @return bytes written; 0 if an IPv4 socket cannot reach the peer
   */
  static int write(ByteBuffer into, int at, int family, UdpPeer peer) {
    into.putShort(at, (short) family);
    into.putShort(at + 2, bigEndian((short) peer.port()));
    if (family == AF_INET) {
      into.putInt(at + 4, bigEndian((int) peer.low())).putLong(at + 8, 0);
      return peer.isIpv4() ? SMALLEST : 0;
    }
    into.putInt(at + 4, 0);
    into.putLong(at + 8, bigEndian(peer.high())).putLong(at + 16, bigEndian(peer.low()));
    into.putInt(at + 24, peer.scope());
    return LARGEST;
  }

  /** First half of the address. */
  static long high(ByteBuffer from, int at) {
    return isIpv4(from, at) ? 0 : bigEndian(from.getLong(at + 8));
  }

  /** Second half of the address. */
  static long low(ByteBuffer from, int at) {
    return isIpv4(from, at)
        ? UdpPeer.mapped(bigEndian(from.getInt(at + 4)))
        : bigEndian(from.getLong(at + 16));
  }

  /** Port, 0 to 65,535. */
  static int port(ByteBuffer from, int at) {
    return bigEndian(from.getShort(at + 2)) & 0xffff;
  }

  /** Interface index of a link-local address, else 0. */
  static int scope(ByteBuffer from, int at) {
    return isIpv4(from, at) ? 0 : from.getInt(at + 24);
  }

  /** All of the above at once. */
  static UdpPeer read(ByteBuffer from, int at) {
    return new UdpPeer(high(from, at), low(from, at), port(from, at), scope(from, at));
  }

  private static boolean isIpv4(ByteBuffer from, int at) {
    return from.getShort(at) == AF_INET;
  }

  private static short bigEndian(short value) {
    return SWAP ? Short.reverseBytes(value) : value;
  }

  private static int bigEndian(int value) {
    return SWAP ? Integer.reverseBytes(value) : value;
  }

  private static long bigEndian(long value) {
    return SWAP ? Long.reverseBytes(value) : value;
  }
}
