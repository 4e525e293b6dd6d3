package dev.teletun.protocol.packet;

/** Numbers of what an IP header is followed by (IANA, Assigned Internet Protocol Numbers). */
public final class Protocol {

  /** ICMP (RFC 792). */
  public static final int ICMP = 1;

  /** TCP (RFC 9293). */
  public static final int TCP = 6;

  /** UDP (RFC 768). */
  public static final int UDP = 17;

  /** ICMPv6 (RFC 4443). */
  public static final int ICMPV6 = 58;

  /** IPv6 hop-by-hop options. */
  public static final int HOP_BY_HOP = 0;

  /** IPv6 routing header. */
  public static final int ROUTING = 43;

  /** IPv6 fragment header. */
  public static final int FRAGMENT = 44;

  /** IPv6 destination options. */
  public static final int DESTINATION_OPTIONS = 60;

  private Protocol() {}
}
