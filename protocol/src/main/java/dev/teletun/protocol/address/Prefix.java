package dev.teletun.protocol.address;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * An address block in CIDR notation (RFC 4632 §3.1): the network address and its length in bits.
 * Host bits are cleared.
 */
public record Prefix(InetAddress network, int length) {

  /** Clears the host bits of {@code network}. */
  public Prefix {
    byte[] bytes = network.getAddress();
    if (length < 0 || length > bytes.length * 8) {
      throw new IllegalArgumentException(
          "prefix length %d does not fit %s: use 0 to %d"
              .formatted(length, Addresses.text(network), bytes.length * 8));
    }
    for (int i = length / 8; i < bytes.length; i++) {
      bytes[i] &= (byte) kept(length, i);
    }
    network = Addresses.ofBytes(bytes);
  }

  /** The prefix that holds {@code address} alone. */
  public static Prefix host(InetAddress address) {
    return new Prefix(address, address.getAddress().length * 8);
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code fd00::/64} or a bare address.
   *
   * @throws IllegalArgumentException if it is neither; the message says what would be
   */
  public static Prefix parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
    if (slash < 0) {
      return host(address);
    }
    try {
      return new Prefix(address, Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"%s\" is not a prefix: write it as 10.96.0.0/16 or fd00::/64".formatted(text), e);
    }
  }

  /** True if {@code address} is of the same family and lies inside. */
  public boolean contains(InetAddress address) {
    byte[] own = network.getAddress();
    byte[] other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    for (int i = 0; i * 8 < length; i++) { // asked for thousands of addresses in a row
      if (((own[i] ^ other[i]) & kept(length, i)) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The bits of byte {@code i} that belong to a network of that length. */
  private static int kept(int length, int i) {
    int bits = Math.clamp(length - i * 8L, 0, 8);
    return (0xff00 >> bits) & 0xff;
  }

  /** True if every address of {@code other} lies inside. */
  public boolean contains(Prefix other) {
    return other.length >= length && contains(other.network);
  }

  /** True if it holds a single address. */
  public boolean isHost() {
    return length == network.getAddress().length * 8;
  }

  /** True for IPv6. */
  public boolean isIpv6() {
    return network instanceof Inet6Address;
  }

  @Override
  public String toString() {
    return Addresses.text(network) + "/" + length;
  }
}
