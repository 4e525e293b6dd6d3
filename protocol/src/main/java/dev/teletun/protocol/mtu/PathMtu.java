package dev.teletun.protocol.mtu;

/**
 * Largest IP packet, in bytes and counting its own IP header, that crosses the underlay to the peer
 * without being fragmented (PMTU, RFC 8201 §2).
 */
public record PathMtu(int bytes) {

  /** Smallest MTU that any IPv4 link has, in bytes (RFC 791 §3.2). */
  public static final int MINIMUM = 68;

  /** Refuses what no link has and no IP header can say. */
  public PathMtu {
    if (bytes < MINIMUM || bytes > 65_535) {
      throw new IllegalArgumentException(
          "path MTU %d is impossible: use %d to 65535".formatted(bytes, MINIMUM));
    }
  }
}
