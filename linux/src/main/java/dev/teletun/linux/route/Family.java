package dev.teletun.linux.route;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Address family numbers (include/linux/socket.h). */
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

  static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }
}
