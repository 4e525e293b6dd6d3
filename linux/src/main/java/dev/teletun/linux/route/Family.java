package dev.teletun.linux.route;

import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.protocol.address.Prefix;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Address family numbers (include/linux/socket.h), and what goes by family. */
final class Family {
  static final int UNSPEC = 0;
  static final int INET = 2;
  static final int INET6 = 10;

  private Family() {}

  static int of(InetAddress address) {
    return isIpv6(address) ? INET6 : INET;
  }

  static int of(boolean ipv6) {
    return ipv6 ? INET6 : INET;
  }

  /** A prefix as the kernel sent it, in two places. */
  static Prefix prefix(InetAddress network, int length) throws MalformedMessageException {
    if (length > network.getAddress().length * 8) {
      throw new MalformedMessageException(
          "prefix %s with %d bits".formatted(network.getHostAddress(), length));
    }
    return new Prefix(network, length);
  }

  static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }
}
