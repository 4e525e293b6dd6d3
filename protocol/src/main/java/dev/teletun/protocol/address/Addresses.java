package dev.teletun.protocol.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads IP addresses without ever asking a name server. */
public final class Addresses {
  private Addresses() {}

  /**
   * Reads an IPv4 address of four decimal numbers or an IPv6 address (RFC 4291 §2.2), without zone.
   *
   * @throws IllegalArgumentException for anything else, host names too
   */
  public static InetAddress parse(String text) {
    boolean v4 = text.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    if (!v4 && !(text.contains(":") && text.matches("[0-9a-fA-F:.]+"))) {
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
