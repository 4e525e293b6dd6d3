package dev.teletun.protocol.filter;

import dev.teletun.protocol.packet.NetworkOrder;

/**
 * Whom no packet from a client may reach: the node's own loopback and links, whole groups, and the
 * metadata services that hand out a node's credentials.
 */
final class ForbiddenDestinations {
  private static final int BROADCAST = 0xffff_ffff;
  private static final long MAPPED = 0xffff; // ::ffff:0:0/96, RFC 4291 §2.5.5.2
  private static final long NAT64 = 0x0064_ff9bL << 32; // 64:ff9b::/96, RFC 6052 §2.1

  private static final long EC2 = 0xfd00_0ec2_0000_0000L; // fd00:ec2::254 on AWS
  private static final long EC2_METADATA = 0x254L;
  private static final long GCE = 0xfd20_00ce_0000_0000L; // fd20:ce::254 on Google Cloud
  private static final long GCE_METADATA = 0x254L;

  private ForbiddenDestinations() {}

  static boolean holdV4(byte[] bytes, int at) {
    return isForbidden(NetworkOrder.i32(bytes, at));
  }

  static boolean holdV6(byte[] bytes, int at) {
    long high = NetworkOrder.i64(bytes, at);
    long low = NetworkOrder.i64(bytes, at + 8);
    if (high == NAT64 && low >>> 32 == 0) {
      return isForbidden((int) low);
    }
    boolean v4InDisguise = high == 0 && (low >>> 32 == 0 || low >>> 32 == MAPPED);
    boolean linkLocal = high >>> 54 == 0xfe80 >>> 6; // fe80::/10
    boolean multicast = high >>> 56 == 0xff;
    boolean metadata = (high == EC2 && low == EC2_METADATA) || (high == GCE && low == GCE_METADATA);
    return v4InDisguise || linkLocal || multicast || metadata; // ::/96 holds :: and ::1
  }

  private static boolean isForbidden(int v4) {
    int first = v4 >>> 24;
    return first == 0 || first == 127 || first >>> 4 == 0xe || v4 == BROADCAST || isLinkLocal(v4);
  }

  private static boolean isLinkLocal(int v4) {
    return v4 >>> 16 == 0xa9fe; // 169.254.0.0/16
  }

  /** True for an address that a packet to the client may not come from. */
  static boolean isImpossibleSource(byte[] bytes, int at, boolean v4) {
    if (v4) {
      int address = NetworkOrder.i32(bytes, at);
      return isForbidden(address) && !isLinkLocal(address);
    }
    long high = NetworkOrder.i64(bytes, at);
    long top = NetworkOrder.i64(bytes, at + 8) >>> 32;
    return high >>> 56 == 0xff || (high == 0 && (top == 0 || top == 0xffff));
  }
}
