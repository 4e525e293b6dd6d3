package dev.teletun.protocol.address;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads IP addresses without ever asking a name server. */
public final class Addresses {
  private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]+");

  private Addresses() {}

  /**
   * Reads an IPv4 address of four decimal numbers or an IPv6 address (RFC 4291 §2.2), without zone.
   *
   * @throws IllegalArgumentException for anything else, host names too
   */
  public static InetAddress parse(String text) {
    boolean v4 = V4.matcher(text).matches();
    if (!v4 && !(text.contains(":") && V6.matcher(text).matches())) {
      throw notAnAddress(text, null);
    }
    try {
      return v4 ? InetAddress.ofLiteral(text) : ofBytes(v6Bytes(text));
    } catch (IllegalArgumentException e) {
      throw notAnAddress(text, e);
    }
  }

  /**
   * The address with these bytes in network order.
   *
   * @param bytes 4 or 16 of them
   */
  public static InetAddress ofBytes(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
    }
  }

  /** As people write it: IPv6 shortened as RFC 5952 §4 asks, without zone. */
  public static String text(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return address.getHostAddress();
    }
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int start = 0;
    int length = 1; // a single group of zeros is not shortened
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    return length == 1
        ? hex(groups, 0, groups.length)
        : hex(groups, 0, start) + "::" + hex(groups, start + length, groups.length);
  }

  private static String hex(int[] groups, int from, int to) {
    return Arrays.stream(groups, from, to)
        .mapToObj(Integer::toHexString)
        .collect(Collectors.joining(":"));
  }

  /** As {@code 10.0.2.7:5555} or {@code [fd00::7]:5555}. */
  public static String text(InetSocketAddress endpoint) {
    InetAddress address = endpoint.getAddress();
    String host = address == null ? endpoint.getHostString() : text(address);
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + endpoint.getPort();
  }

  /** The addresses, separated by spaces. */
  public static String text(Collection<InetAddress> addresses) {
    return addresses.stream().map(Addresses::text).collect(Collectors.joining(" "));
  }

  private static byte[] v6Bytes(String text) {
    return InetAddress.ofLiteral(text).getAddress();
  }

  private static IllegalArgumentException notAnAddress(
      String text, @org.jspecify.annotations.Nullable Exception e) {
    String shown = text.length() <= 64 ? text : text.substring(0, 64) + "…";
    return new IllegalArgumentException(
        "\"%s\" is not an IP address: write it as 10.0.2.7 or fd00::7".formatted(shown), e);
  }
}
