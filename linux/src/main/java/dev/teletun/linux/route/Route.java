package dev.teletun.linux.route;

import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.Optional;

/**
 * One way to a prefix. A route with several next hops is as many of these.
 *
 * @param gateway empty if the destination is on-link; may be IPv6 for an IPv4 destination
 * @param interfaceIndex where packets leave; 0 if the type needs none
 * @param table its number; {@link #MAIN} unless rules say otherwise
 * @param protocol who installed it (rtm_protocol); {@link #TELETUN} for ours
 * @param priority smaller wins; the kernel makes 1024 of 0 for IPv6
 * @param type what happens to packets (rtm_type), for example {@link #UNICAST}
 * @param preferredSource for packets whose sender chose none
 */
public record Route(
    Prefix destination,
    Optional<InetAddress> gateway,
    int interfaceIndex,
    int table,
    int protocol,
    int priority,
    int type,
    Optional<InetAddress> preferredSource) {

  /** Our rtm_protocol: 'T'. No number in /etc/iproute2/rt_protos, and none of the kernel's. */
  public static final int TELETUN = 84;

  /** RTPROT_KERNEL: the kernel made it, mostly for an address of an interface. */
  public static final int KERNEL = 2;

  // include/uapi/linux/rtnetlink.h: enum rt_class_t
  public static final int DEFAULT = 253;
  public static final int MAIN = 254;
  public static final int LOCAL_TABLE = 255;

  // include/uapi/linux/rtnetlink.h: rtm_type
  public static final int UNICAST = 1;
  public static final int LOCAL = 2;
  public static final int BROADCAST = 3;
  public static final int BLACKHOLE = 6;
  public static final int UNREACHABLE = 7;
  public static final int PROHIBIT = 8;
  public static final int THROW = 9;

  /** IP6_RT_PRIO_USER: what the kernel makes of priority 0 for IPv6. */
  private static final int IPV6_PRIORITY = 1024;

  /** An on-link route of ours in the main table; the kernel removes it with the interface. */
  public static Route through(int interfaceIndex, Prefix destination) {
    return new Route(
        destination,
        Optional.empty(),
        interfaceIndex,
        MAIN,
        TELETUN,
        destination.isIpv6() ? IPV6_PRIORITY : 0,
        UNICAST,
        Optional.empty());
  }

  /** A route of ours without next hop: {@link #UNREACHABLE}, {@link #BLACKHOLE}, {@link #THROW}. */
  public static Route without(int type, Prefix destination) {
    Route route = through(0, destination);
    return new Route(
        destination, route.gateway, 0, MAIN, TELETUN, route.priority, type, route.preferredSource);
  }

  /** The same by way of a gateway. */
  public Route via(InetAddress nextHop) {
    return new Route(
        destination,
        Optional.of(nextHop),
        interfaceIndex,
        table,
        protocol,
        priority,
        type,
        preferredSource);
  }

  /** The same in another table. */
  public Route inTable(int otherTable) {
    return new Route(
        destination,
        gateway,
        interfaceIndex,
        otherTable,
        protocol,
        priority,
        type,
        preferredSource);
  }

  /** The same with another priority. */
  public Route withPriority(int otherPriority) {
    return new Route(
        destination,
        gateway,
        interfaceIndex,
        table,
        protocol,
        otherPriority,
        type,
        preferredSource);
  }

  /** The same, proposing a source address. */
  public Route from(InetAddress source) {
    return new Route(
        destination, gateway, interfaceIndex, table, protocol, priority, type, Optional.of(source));
  }

  /** As {@code 10.96.0.0/12 via 10.0.0.1 dev 5 table 254 proto 84 metric 0}. */
  @Override
  public String toString() {
    return "%s%s%s dev %d table %d proto %d metric %d%s"
        .formatted(
            type == UNICAST ? "" : "type " + type + " ",
            destination,
            gateway.map(a -> " via " + a.getHostAddress()).orElse(""),
            interfaceIndex,
            table,
            protocol,
            priority,
            preferredSource.map(a -> " src " + a.getHostAddress()).orElse(""));
  }
}
