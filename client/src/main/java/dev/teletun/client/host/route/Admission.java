package dev.teletun.client.host.route;

import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What may be a cluster's at all, wherever it was learned: nobody else's word makes this host send
 * its loopback, its links, whole groups or large parts of the internet into the tunnel.
 */
public final class Admission {
  // RFC 1918, RFC 6598, RFC 4193: what a cluster numbers its services and pods from.
  private static final List<Prefix> PRIVATE =
      Stream.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
          .map(Prefix::parse)
          .toList();

  private static final int SHORTEST_PUBLIC_V4 = 16;
  private static final int SHORTEST_PUBLIC_V6 = 48;
  private static final int SHORTEST_PRIVATE_V6 = 32;

  private Admission() {}

  /** Why the address is none of a cluster's; empty if it may be one. */
  public static Optional<String> refusal(InetAddress address) {
    if (address.isAnyLocalAddress() || (address.getAddress()[0] == 0 && isIpv4(address))) {
      return Optional.of("is no host's address");
    }
    if (address.isLoopbackAddress()) {
      return Optional.of("is a loopback address");
    }
    if (address.isLinkLocalAddress()) {
      return Optional.of("is a link-local address");
    }
    if (address.isMulticastAddress()
        || (isIpv4(address) && (address.getAddress()[0] & 0xf0) == 0xf0)) {
      return Optional.of("is a group's address, not a host's");
    }
    return Optional.empty();
  }

  /** Why the prefix is not to be routed unless the user names it; empty if it may be. */
  public static Optional<String> refusal(Prefix prefix) {
    if (isWithin(prefix, PRIVATE)) {
      return prefix.isIpv6() && prefix.length() < SHORTEST_PRIVATE_V6
          ? Optional.of("is too wide for a cluster")
          : Optional.empty();
    }
    if (prefix.length() < (prefix.isIpv6() ? SHORTEST_PUBLIC_V6 : SHORTEST_PUBLIC_V4)) {
      return Optional.of("is too wide for a cluster");
    }
    return refusal(prefix.network());
  }

  /** True for addresses that nobody owns in the internet, so that a cluster may use them. */
  public static boolean isPrivate(InetAddress address) {
    return PRIVATE.stream().anyMatch(p -> p.contains(address));
  }

  private static boolean isWithin(Prefix prefix, List<Prefix> wider) {
    return wider.stream().anyMatch(w -> w.contains(prefix));
  }

  private static boolean isIpv4(InetAddress address) {
    return address.getAddress().length == 4;
  }
}
