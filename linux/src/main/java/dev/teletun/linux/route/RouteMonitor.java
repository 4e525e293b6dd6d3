package dev.teletun.linux.route;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.netlink.NetlinkSocket;
import dev.teletun.linux.netlink.Subscription;
import java.io.Closeable;
import java.io.IOException;

/**
 * Says that links, addresses, routes or rules of a network namespace changed, our own changes
 * included; {@link RouteSocket} says to what.
 *
 * <p>One thread at a time.
 */
public final class RouteMonitor implements Closeable {
  // include/uapi/linux/rtnetlink.h: enum rtnetlink_groups
  private static final int LINK = 1;
  private static final int IPV4_IFADDR = 5;
  private static final int IPV4_ROUTE = 7;
  private static final int IPV4_RULE = 8;
  private static final int IPV6_IFADDR = 9;
  private static final int IPV6_ROUTE = 11;
  private static final int IPV6_RULE = 19;

  private final Subscription subscription;

  private RouteMonitor(Subscription subscription) {
    this.subscription = subscription;
  }

  /** Listens to the namespace in which this thread is. */
  public static RouteMonitor open() throws IOException {
    return new RouteMonitor(
        Subscription.open(
            NetlinkSocket.NETLINK_ROUTE,
            LINK,
            IPV4_IFADDR,
            IPV4_ROUTE,
            IPV4_RULE,
            IPV6_IFADDR,
            IPV6_ROUTE,
            IPV6_RULE));
  }

  /** Non-blocking; readable once {@link #drain} would answer true. */
  public Fd fd() {
    return subscription.fd();
  }

  /** True if anything changed since the last call, also if the kernel could not say what. */
  public boolean drain() throws IOException {
    return subscription.drain();
  }

  @Override
  public void close() {
    subscription.close();
  }
}
