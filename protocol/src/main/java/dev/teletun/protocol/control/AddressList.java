package dev.teletun.protocol.control;

import dev.teletun.protocol.address.Addresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.StringJoiner;

/**
 * The addresses P that the client takes over, step 2 of the control protocol: one per line, exactly
 * one IPv4, up to {@link #MOST_IPV6} IPv6, each an address that a pod can have. Immutable.
 */
public final class AddressList {

  /** Longest text in bytes. */
  public static final int LIMIT_BYTES = 8 * 1024;

  /** Most IPv6 addresses. */
  public static final int MOST_IPV6 = 64;

  /** Whether a list must hold an IPv4 address. */
  public enum Ipv4 {
    /** Version 1 of the protocol. */
    REQUIRED,
    /** Version 2. */
    OPTIONAL
  }

  private final List<InetAddress> addresses;

  private AddressList(List<InetAddress> addresses) {
    this.addresses = addresses;
  }

  /** Reads a list of version 1. */
  public static AddressList parse(String text) throws ControlException {
    return parse(text, Ipv4.REQUIRED);
  }

  /**
   * Reads a list. The last line may end with a newline.
   *
   * @throws ControlException for any other character or address than the class allows
   */
  public static AddressList parse(String text, Ipv4 ipv4) throws ControlException {
    if (text.length() > LIMIT_BYTES) {
      throw NulTerminated.tooLong(LIMIT_BYTES, "addresses");
    }
    List<InetAddress> read = new ArrayList<>();
    int end;
    for (int start = 0; start < text.length() || start == 0; start = end + 1) {
      int newline = text.indexOf('\n', start);
      end = newline < 0 ? text.length() : newline;
      read.add(parseLine(text.substring(start, end)));
    }
    return of(read, ipv4);
  }

  /** The list of version 1 that holds {@code addresses}; zones are removed. */
  public static AddressList of(List<InetAddress> addresses) throws ControlException {
    return of(addresses, Ipv4.REQUIRED);
  }

  /** The list that holds {@code addresses}; zones are removed. */
  public static AddressList of(List<InetAddress> addresses, Ipv4 ipv4) throws ControlException {
    SequencedSet<InetAddress> seen = new LinkedHashSet<>();
    for (InetAddress address : addresses) {
      InetAddress bare = Addresses.ofBytes(address.getAddress());
      requireUsable(bare);
      if (!seen.add(bare)) {
        throw refused(bare.getHostAddress(), "is listed twice");
      }
    }
    AddressList list = new AddressList(List.copyOf(seen));
    list.requireCounts(ipv4);
    return list;
  }

  /** All addresses in the order they were given. */
  public List<InetAddress> addresses() {
    return addresses;
  }

  /** The IPv4 address; present unless the list was made with {@link Ipv4#OPTIONAL}. */
  public Optional<Inet4Address> ipv4() {
    return of(Inet4Address.class).stream().findFirst();
  }

  /** The IPv6 addresses. */
  public List<Inet6Address> ipv6() {
    return of(Inet6Address.class);
  }

  /** The text to send, without NUL. */
  public String format() {
    StringJoiner lines = new StringJoiner("\n");
    addresses.forEach(address -> lines.add(Addresses.text(address)));
    return lines.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressList list && addresses.equals(list.addresses);
  }

  @Override
  public int hashCode() {
    return addresses.hashCode();
  }

  @Override
  public String toString() {
    return addresses.toString();
  }

  private <A extends InetAddress> List<A> of(Class<A> family) {
    return addresses.stream().filter(family::isInstance).map(family::cast).toList();
  }

  private void requireCounts(Ipv4 ipv4) throws ControlException {
    int v4 = of(Inet4Address.class).size();
    if (v4 > 1 || (v4 == 0 && ipv4 == Ipv4.REQUIRED)) {
      throw new ControlException(
          "the list of the pod's addresses has %d IPv4 addresses, version 1 of the protocol needs exactly one: an IPv6-only pod cannot be used"
              .formatted(v4));
    }
    if (addresses.isEmpty() || addresses.size() - v4 > MOST_IPV6) {
      throw new ControlException(
          "the list of the pod's addresses has %d addresses: give 1 to %d"
              .formatted(addresses.size(), MOST_IPV6));
    }
  }

  private static InetAddress parseLine(String line) throws ControlException {
    InetAddress address;
    try {
      address = Addresses.parse(line);
    } catch (IllegalArgumentException _) { // its message would show the line as it came
      throw refused(line, "is not an IP address");
    }
    if (line.indexOf(':') >= 0 && address instanceof Inet4Address) {
      throw refused(line, "is an IPv4 address in IPv6 clothes");
    }
    return address;
  }

  private static void requireUsable(InetAddress address) throws ControlException {
    String kind = unusableKind(address);
    if (!kind.isEmpty()) {
      throw refused(address.getHostAddress(), "is " + kind + " address");
    }
  }

  private static String unusableKind(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return "a loopback";
    }
    if (address.isAnyLocalAddress()) {
      return "the unspecified";
    }
    if (address.isMulticastAddress()) {
      return "a multicast";
    }
    if (address.isLinkLocalAddress()) {
      return "a link-local";
    }
    return address.getHostAddress().equals("255.255.255.255") ? "the broadcast" : "";
  }

  private static ControlException refused(String line, String why) {
    return new ControlException(
        "the list of the pod's addresses is refused: %s %s; expected one address per line, as 10.0.2.7 or fd00::7. Is this a TeleTUN server?"
            .formatted(ControlException.shown(line), why));
  }
}
