package dev.teletun.linux.udp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Address and port of the other side, ready to be compared and written without allocation.
 *
 * <p>Immutable. An IPv4 address and its IPv6-mapped form (RFC 4291 §2.5.5.2) are the same peer.
 */
public final class UdpPeer {
  private static final long MAPPED = 0xffff_0000_0000L;

  private final long high;
  private final long low;
  private final int port;
  private final int scope;
  private volatile @Nullable InetSocketAddress address;

  /**
   * A peer by its parts.
   *
   * @param high first half of the IPv6 address, the first byte uppermost
   * @param scope interface index of a link-local address, else 0
   */
  UdpPeer(long high, long low, int port, int scope) {
    this.high = high;
    this.low = low;
    this.port = port;
    this.scope = scope;
  }

  /** The peer at a resolved address. */
  public static UdpPeer of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      throw new IllegalArgumentException(address + " is not resolved");
    }
    ByteBuffer bytes = ByteBuffer.wrap(ip.getAddress());
    if (bytes.capacity() == 4) {
      return new UdpPeer(0, mapped(bytes.getInt(0)), address.getPort(), 0);
    }
    int scope = ip instanceof Inet6Address v6 ? v6.getScopeId() : 0;
    return new UdpPeer(bytes.getLong(0), bytes.getLong(8), address.getPort(), scope);
  }

  static long mapped(int ipv4) {
    return MAPPED | (ipv4 & 0xffff_ffffL);
  }

  /** Address and port; IPv4 where it is. */
  public InetSocketAddress address() {
    InetSocketAddress made = address;
    if (made == null) {
      made = new InetSocketAddress(ip(), port);
      address = made;
    }
    return made;
  }

  private InetAddress ip() {
    byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    try {
      return scope == 0
          ? InetAddress.getByAddress(bytes) // unmaps IPv4
          : Inet6Address.getByAddress(null, bytes, scope);
    } catch (UnknownHostException e) {
      throw new AssertionError("16 bytes are an address", e);
    }
  }

  boolean isIpv4() {
    return high == 0 && low >>> 32 == MAPPED >>> 32;
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  int port() {
    return port;
  }

  int scope() {
    return scope;
  }

  boolean is(long otherHigh, long otherLow, int otherPort, int otherScope) {
    return low == otherLow && high == otherHigh && port == otherPort && scope == otherScope;
  }

  static int hash(long high, long low, int port, int scope) {
    return Long.hashCode((high * 31 + low) * 31 + port) * 31 + scope;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UdpPeer p && is(p.high, p.low, p.port, p.scope);
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
