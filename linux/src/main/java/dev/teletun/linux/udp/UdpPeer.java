package dev.teletun.linux.udp;

import dev.teletun.linux.sockaddr.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Address and port of the other side, and the address of ours that it sends to: answers leave from
 * that one, or a NAT on the way would not know them. Ready to be compared and written without
 * allocation.
 *
 * <p>Immutable. An IPv4 address and its IPv6-mapped form (RFC 4291 §2.5.5.2) are the same peer.
 */
public final class UdpPeer {
  private final long high;
  private final long low;
  private final int port;
  private final int scope;
  private final long localHigh;
  private final long localLow;
  private volatile @Nullable InetSocketAddress address;

  /**
   * A peer by its parts.
   *
   * @param high first half of the IPv6 address, the first byte uppermost
   * @param scope interface index of a link-local address, else 0
   * @param localHigh first half of our own address; with {@code localLow} 0 if the kernel chooses
   */
  UdpPeer(long high, long low, int port, int scope, long localHigh, long localLow) {
    this.high = high;
    this.low = low;
    this.port = port;
    this.scope = scope;
    this.localHigh = localHigh;
    this.localLow = localLow;
  }

  /** The peer at a resolved address, which we reach from whatever address the kernel chooses. */
  public static UdpPeer of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      throw new IllegalArgumentException(address + " is not resolved");
    }
    return new UdpPeer(
        SocketAddress.high(ip),
        SocketAddress.low(ip),
        address.getPort(),
        SocketAddress.scope(ip),
        0,
        0);
  }

  /** Address and port; IPv4 where it is. */
  public InetSocketAddress address() {
    InetSocketAddress made = address;
    if (made == null) {
      made = new InetSocketAddress(SocketAddress.address(high, low, scope), port);
      address = made;
    }
    return made;
  }

  boolean isIpv4() {
    return SocketAddress.isMapped(high, low);
  }

  /**
   * Writes it as a socket of {@code family} wants it.
   *
   * @return bytes written; 0 if an IPv4 socket cannot reach the peer
   */
  int write(ByteBuffer into, int at, int family) {
    return SocketAddress.write(into, at, family, high, low, port, scope);
  }

  boolean is(long otherHigh, long otherLow, int otherPort, int otherScope) {
    return low == otherLow && high == otherHigh && port == otherPort && scope == otherScope;
  }

  boolean isReachedFrom(long high, long low) {
    return localLow == low && localHigh == high;
  }

  long localHigh() {
    return localHigh;
  }

  long localLow() {
    return localLow;
  }

  static int hash(long high, long low, int port, int scope) {
    return Long.hashCode((high * 31 + low) * 31 + port) * 31 + scope;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UdpPeer p
        && is(p.high, p.low, p.port, p.scope)
        && isReachedFrom(p.localHigh, p.localLow);
  }

  @Override
  public int hashCode() {
    return hash(high, low, port, scope);
  }

  @Override
  public String toString() {
    return address().toString();
  }
}
