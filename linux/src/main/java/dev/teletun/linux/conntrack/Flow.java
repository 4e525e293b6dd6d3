package dev.teletun.linux.conntrack;

import java.net.Inet6Address;

/**
 * A flow that the kernel tracks.
 *
 * @param protocol IP protocol number: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6
 * @param original as its first packet was sent
 * @param reply as answers arrive; not the reverse of {@code original} where it is translated
 * @param mark of the entry, 0 if none
 */
public record Flow(int protocol, Tuple original, Tuple reply, int mark) {
  public static final int TCP = 6;
  public static final int UDP = 17;

  /** True for IPv6. */
  public boolean isIpv6() {
    return original.source() instanceof Inet6Address;
  }

  /** True if addresses or ports are translated. */
  public boolean isTranslated() {
    return !original.equals(reply.reversed());
  }
}
