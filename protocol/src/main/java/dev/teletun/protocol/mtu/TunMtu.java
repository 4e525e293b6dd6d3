package dev.teletun.protocol.mtu;

/**
 * Largest IP packet, in bytes and counting its own IP header, that may enter the TUN device.
 *
 * <p>A type of its own because it differs from {@link PathMtu} by the tunnel overhead; mixing the
 * two is how a tunnel starts to fragment.
 */
public record TunMtu(int bytes) {

  /**
   * Smallest link MTU that IPv6 allows, in bytes (RFC 8200 §5). Linux takes IPv6 away from a device
   * that goes below it, and does not give it back.
   */
  public static final int MINIMUM = 1280;

  /** Largest MTU that an IPv4 total length can use, in bytes. */
  public static final int MAXIMUM = 65_535;

  private static final int UDP_HEADER = 8; // RFC 768
  private static final int RECORD_HEADER = 13; // RFC 6347 §4.1
  private static final int CONNECTION_ID = 8; // RFC 9146 §4, as long as ours are
  private static final int EXPLICIT_NONCE = 8; // RFC 5288 §3
  private static final int TRUE_TYPE = 1; // RFC 9146 §4: DTLSInnerPlaintext
  private static final int AEAD_TAG = 16; // RFC 5116 §5.1

  /** Reserved for peers without connection IDs too: the MTU must not depend on the peer. */
  private static final int RECORD =
      RECORD_HEADER + CONNECTION_ID + EXPLICIT_NONCE + TRUE_TYPE + AEAD_TAG;

  /** Refuses a device that could not carry IPv6. */
  public TunMtu {
    if (bytes < MINIMUM || bytes > MAXIMUM) {
      throw new IllegalArgumentException(
          "TUN MTU %d is outside %d to %d".formatted(bytes, MINIMUM, MAXIMUM));
    }
  }

  /**
   * The TUN MTU at which one packet fills one DTLS 1.2 AES-GCM record with a connection ID, alone
   * in its datagram; {@link #MINIMUM} where the path is too small for that. Then {@link
   * #needsOuterFragments} is true.
   */
  public static TunMtu fitting(PathMtu path, Underlay underlay) {
    return new TunMtu(Math.max(MINIMUM, unfragmentedBytes(path, underlay)));
  }

  /**
   * Largest inner packet in bytes whose datagram crosses {@code path} whole, which may be less than
   * a device MTU may be: the size for frag-needed answers and MSS clamping of IPv4.
   */
  public static int unfragmentedBytes(PathMtu path, Underlay underlay) {
    return path.bytes() - overhead(underlay);
  }

  /** True if a full packet of this size leaves in a datagram that must be fragmented outside. */
  public boolean needsOuterFragments(PathMtu path, Underlay underlay) {
    return bytes > unfragmentedBytes(path, underlay);
  }

  /** The path that carries full packets of this size without fragments. */
  public PathMtu needs(Underlay underlay) {
    return new PathMtu(Math.min(MAXIMUM, bytes + overhead(underlay)));
  }

  private static int overhead(Underlay underlay) {
    return underlay.headerBytes + UDP_HEADER + RECORD;
  }
}
