package dev.teletun.linux.sockaddr;

import dev.teletun.linux.libc.NativeMemory;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct sockaddr_in} and {@code sockaddr_in6} ({@code include/uapi/linux/in.h}, {@code
 * in6.h}) in memory of this machine's byte order: family, port, then 4 bytes of address, or flow
 * info, 16 bytes of address and scope.
 *
 * <p>The data path handles an address as its parts, without allocation: two longs, the first byte
 * uppermost, IPv4 in its IPv6-mapped form (RFC 4291 §2.5.5.2); port; and scope, the interface index
 * of a link-local address, else 0.
 */
public final class SocketAddress {
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;

  /** Size in bytes of the larger struct. */
  public static final int LARGEST = 28;

  private static final int SMALLEST = 16;
  private static final long MAPPED = 0xffff_0000_0000L;
  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private SocketAddress() {}

  /** The family of a socket that reaches {@code address} without mapping it. */
  public static int family(InetAddress address) {
    return address instanceof Inet4Address ? AF_INET : AF_INET6;
  }

  /** The struct of a resolved address, exactly as long as its family's is. */
  public static NativeMemory of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    int family = family(ip);
    NativeMemory memory = NativeMemory.allocate(family == AF_INET ? SMALLEST : LARGEST);
    write(memory.buffer(), 0, family, high(ip), low(ip), address.getPort(), scope(ip));
    return memory;
  }

  /**
   * Writes an address as a socket of {@code family} wants it.
   *
   * @return bytes written; 0 if an IPv4 socket cannot reach the address
   */
  public static int write(
      ByteBuffer into, int at, int family, long high, long low, int port, int scope) {
    into.putShort(at, (short) family);
    into.putShort(at + 2, bigEndian((short) port));
    if (family == AF_INET) {
      writeIpv4(into, at + 4, low);
      into.putLong(at + 8, 0);
      return isMapped(high, low) ? SMALLEST : 0;
    }
    into.putInt(at + 4, 0);
    writeIpv6(into, at + 8, high, low);
    into.putInt(at + 24, scope);
    return LARGEST;
  }

  /** Writes {@code struct in_addr}. */
  public static void writeIpv4(ByteBuffer into, int at, long low) {
    into.putInt(at, bigEndian((int) low));
  }

  /** Writes {@code struct in6_addr}. */
  public static void writeIpv6(ByteBuffer into, int at, long high, long low) {
    into.putLong(at, bigEndian(high)).putLong(at + 8, bigEndian(low));
  }

  /** All of a struct that the kernel wrote; IPv4 where it is. */
  public static InetSocketAddress read(ByteBuffer from, int at) {
    return new InetSocketAddress(
        address(high(from, at), low(from, at), scope(from, at)), port(from, at));
  }

  /** First half of the address. */
  public static long high(ByteBuffer from, int at) {
    return isIpv4(from, at) ? 0 : highOfIpv6(from, at + 8);
  }

  /** Second half of the address. */
  public static long low(ByteBuffer from, int at) {
    return isIpv4(from, at) ? lowOfIpv4(from, at + 4) : lowOfIpv6(from, at + 8);
  }

  /** First half of a {@code struct in6_addr}. */
  public static long highOfIpv6(ByteBuffer from, int at) {
    return bigEndian(from.getLong(at));
  }

  /** Second half of a {@code struct in6_addr}. */
  public static long lowOfIpv6(ByteBuffer from, int at) {
    return bigEndian(from.getLong(at + 8));
  }

  /** Second half of the mapped form of a {@code struct in_addr}. */
  public static long lowOfIpv4(ByteBuffer from, int at) {
    return mapped(bigEndian(from.getInt(at)));
  }

  /** Port, 0 to 65,535. */
  public static int port(ByteBuffer from, int at) {
    return bigEndian(from.getShort(at + 2)) & 0xffff;
  }

  /** Interface index of a link-local address, else 0. */
  public static int scope(ByteBuffer from, int at) {
    return isIpv4(from, at) ? 0 : from.getInt(at + 24);
  }

  /** First half of {@code address}. */
  public static long high(InetAddress address) {
    return address instanceof Inet4Address ? 0 : ByteBuffer.wrap(address.getAddress()).getLong(0);
  }

  /** Second half of {@code address}. */
  public static long low(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet4Address ? mapped(bytes.getInt(0)) : bytes.getLong(8);
  }

  /** Interface index if {@code address} is link-local and has one, else 0. */
  public static int scope(InetAddress address) {
    return address instanceof Inet6Address v6 ? v6.getScopeId() : 0;
  }

  /** True if the halves are an IPv4 address. */
  public static boolean isMapped(long high, long low) {
    return high == 0 && low >>> 32 == MAPPED >>> 32;
  }

  /** The address that has these parts; IPv4 where it is. */
  public static InetAddress address(long high, long low, int scope) {
    byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    try {
      return scope == 0
          ? InetAddress.getByAddress(bytes) // unmaps IPv4
          : Inet6Address.getByAddress(null, bytes, scope);
    } catch (UnknownHostException e) {
      throw new AssertionError("16 bytes are an address", e);
    }
  }

  private static long mapped(int ipv4) {
    return MAPPED | (ipv4 & 0xffff_ffffL);
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
