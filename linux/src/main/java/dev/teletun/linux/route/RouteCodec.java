package dev.teletun.linux.route;

import dev.teletun.linux.netlink.Attributes;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.Request;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code struct rtmsg} ↔ {@link Route} (include/uapi/linux/rtnetlink.h). */
final class RouteCodec {
  static final int RTM_NEWROUTE = 24;
  static final int RTM_DELROUTE = 25;
  static final int RTM_GETROUTE = 26;

  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_PREFSRC = 7;
  private static final int RTA_MULTIPATH = 9;
  private static final int RTA_TABLE = 15;
  private static final int RTA_MARK = 16;
  private static final int RTA_VIA = 18;

  private static final int RTM_F_CLONED = 0x200;
  private static final int RTM_F_LOOKUP_TABLE = 0x1000;
  private static final int SCOPE_UNIVERSE = 0;
  private static final int SCOPE_LINK = 253;
  private static final int SCOPE_HOST = 254;
  private static final int SCOPE_NOWHERE = 255;

  /** Bytes of {@code struct rtmsg}, and of {@code struct rtnexthop}. */
  private static final int HEADER_BYTES = 12;

  private static final int NEXT_HOP_BYTES = 8;

  private RouteCodec() {}

  static Request add(Route route, int flags) {
    return fill(Request.of("RTM_NEWROUTE", route, RTM_NEWROUTE, flags), route, scope(route));
  }

  /** Matches destination, table, priority, type, protocol and next hop, whatever the scope. */
  static Request delete(Route route) {
    return fill(Request.of("RTM_DELROUTE", route, RTM_DELROUTE, 0), route, SCOPE_NOWHERE);
  }

  static Request lookup(InetAddress destination, int mark) {
    Request request =
        Request.of("RTM_GETROUTE", destination.getHostAddress(), RTM_GETROUTE, 0)
            .u8(Family.of(destination), destination.getAddress().length * 8, 0, 0, 0, 0, 0, 0)
            .u32(RTM_F_LOOKUP_TABLE)
            .attribute(RTA_DST, destination);
    return mark == 0 ? request : request.attribute(RTA_MARK, mark);
  }

  /** Everything of one family; the kernel answers for one family at a time. */
  static Request dump(int family) {
    return Request.of("RTM_GETROUTE", "dump", RTM_GETROUTE, 0)
        .u8(family, 0, 0, 0, 0, 0, 0, 0)
        .u32(0);
  }

  private static Request fill(Request request, Route route, int scope) {
    Prefix to = route.destination();
    // The header's table has one byte; RTA_TABLE says it in full.
    request
        .u8(Family.of(to.isIpv6()), to.length(), 0, 0, 0, route.protocol(), scope, route.type())
        .u32(0)
        .attribute(RTA_TABLE, route.table());
    if (to.length() > 0) {
      request.attribute(RTA_DST, to.network());
    }
    route.gateway().ifPresent(gateway -> gateway(request, to, gateway));
    if (route.interfaceIndex() != 0) {
      request.attribute(RTA_OIF, route.interfaceIndex());
    }
    if (route.priority() != 0) {
      request.attribute(RTA_PRIORITY, route.priority());
    }
    route.preferredSource().ifPresent(source -> request.attribute(RTA_PREFSRC, source));
    return request;
  }

  private static void gateway(Request request, Prefix to, InetAddress gateway) {
    if (Family.isIpv6(gateway) == to.isIpv6()) {
      request.attribute(RTA_GATEWAY, gateway);
      return;
    }
    byte[] address = gateway.getAddress();
    ByteBuffer via = ByteBuffer.allocate(2 + address.length).order(ByteOrder.nativeOrder());
    via.putShort((short) Family.of(gateway)).put(address);
    request.attribute(RTA_VIA, via.array()); // struct rtvia
  }

  private static int scope(Route route) {
    if (route.destination().isIpv6() || route.gateway().isPresent()) {
      return SCOPE_UNIVERSE;
    }
    return switch (route.type()) {
      case Route.LOCAL -> SCOPE_HOST;
      case Route.UNICAST, Route.BROADCAST -> SCOPE_LINK;
      default -> SCOPE_UNIVERSE;
    };
  }

  /** The route of a message, once for each next hop; none for a cached exception. */
  static List<Route> read(Message message) throws MalformedMessageException {
    Attributes found = message.attributes(HEADER_BYTES);
    int family = message.u8(0);
    if ((message.u32(8) & RTM_F_CLONED) != 0 || (family != Family.INET && family != Family.INET6)) {
      return List.of(); // a path MTU exception, or a multicast route
    }
    return everyHop(message, found);
  }

  /** The answer to a lookup, which may well be a clone. */
  static Route readLookup(Message message) throws MalformedMessageException {
    Attributes found = message.attributes(HEADER_BYTES);
    return route(message, found, gateway(found), found.u32(RTA_OIF).orElse(0));
  }

  private static List<Route> everyHop(Message message, Attributes found)
      throws MalformedMessageException {
    Optional<ByteBuffer> several = found.bytes(RTA_MULTIPATH);
    if (several.isEmpty()) {
      return List.of(route(message, found, gateway(found), found.u32(RTA_OIF).orElse(0)));
    }
    List<Route> routes = new ArrayList<>();
    ByteBuffer rest = several.get();
    while (rest.remaining() >= NEXT_HOP_BYTES) {
      int at = rest.position();
      int length = Short.toUnsignedInt(rest.getShort(at));
      if (length < NEXT_HOP_BYTES || length > rest.remaining()) {
        throw new MalformedMessageException(
            "next hop claims %d of the %d bytes left".formatted(length, rest.remaining()));
      }
      Attributes hop = Attributes.of(rest.slice(at + NEXT_HOP_BYTES, length - NEXT_HOP_BYTES));
      routes.add(route(message, found, gateway(hop), rest.getInt(at + 4)));
      rest.position(Math.min(at + ((length + 3) & ~3), rest.limit()));
    }
    return routes;
  }

  private static Route route(
      Message message, Attributes found, Optional<InetAddress> gateway, int interfaceIndex)
      throws MalformedMessageException {
    int length = message.u8(1);
    boolean ipv6 = message.u8(0) == Family.INET6;
    Optional<InetAddress> network = found.address(RTA_DST);
    InetAddress any = Addresses.ofBytes(new byte[ipv6 ? 16 : 4]);
    return new Route(
        Family.prefix(network.orElse(any), length),
        gateway,
        interfaceIndex,
        found.u32(RTA_TABLE).orElse(message.u8(4)),
        message.u8(5),
        found.u32(RTA_PRIORITY).orElse(0),
        message.u8(7),
        found.address(RTA_PREFSRC));
  }

  private static Optional<InetAddress> gateway(Attributes found) throws MalformedMessageException {
    Optional<ByteBuffer> via = found.bytes(RTA_VIA);
    if (via.isEmpty()) {
      return found.address(RTA_GATEWAY);
    }
    int bytes = via.get().remaining() - 2; // struct rtvia: u16 family, address
    if (bytes != 4 && bytes != 16) {
      throw new MalformedMessageException("RTA_VIA with an address of " + bytes + " bytes");
    }
    byte[] address = new byte[bytes];
    via.get().position(2).get(address);
    return Optional.of(Addresses.ofBytes(address));
  }
}
