package dev.teletun.servercluster;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Link;
import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.unix.PodFacts;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the kernel says of the pod's network interface.
 *
 * @param addresses P: the first IPv4 address and all global IPv6 addresses
 * @param routes unicast routes through the interface, longest prefix first
 */
record PodNetwork(Link link, List<InetAddress> addresses, List<Route> routes) {
  /**
   * Reads it.
   *
   * @throws IOException if there is no such interface, no default route or no address
   */
  static PodNetwork read(RouteSocket kernel, Optional<String> interfaceName) throws IOException {
    List<Route> main =
        kernel.routes().stream()
            .filter(r -> r.table() == Route.MAIN && r.type() == Route.UNICAST)
            .toList();
    Link link =
        interfaceName.isPresent()
            ? kernel.link(interfaceName.get())
            : kernel.link(defaultInterface(main));
    List<InetAddress> addresses = addresses(kernel.addresses(), link.index());
    if (addresses.isEmpty()) {
      throw new IOException(
          "interface %s has no global address: wait until the pod's network is up, or name another by -interface"
              .formatted(link.name()));
    }
    List<Route> routes =
        main.stream()
            .filter(r -> r.interfaceIndex() == link.index())
            .sorted(Comparator.comparingInt((Route r) -> -r.destination().length()))
            .toList();
    return new PodNetwork(link, addresses, routes);
  }

  private static int defaultInterface(List<Route> main) throws IOException {
    return main.stream()
        .filter(r -> r.destination().length() == 0)
        .map(Route::interfaceIndex)
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "there is no default route to tell the pod's interface by: name it by -interface=eth0"));
  }

  private static List<InetAddress> addresses(List<InterfaceAddress> all, int index) {
    List<InetAddress> global =
        all.stream()
            .filter(a -> a.interfaceIndex() == index)
            .map(InterfaceAddress::address)
            .filter(a -> !a.isLinkLocalAddress() && !a.isLoopbackAddress())
            .toList();
    Stream<InetAddress> v4 = global.stream().filter(Inet4Address.class::isInstance).limit(1);
    Stream<InetAddress> v6 = global.stream().filter(a -> !(a instanceof Inet4Address));
    return Stream.concat(v4, v6).toList();
  }

  /** The addresses as the greeting says them. */
  AddressList addressList() throws ControlException {
    return AddressList.of(addresses, AddressList.Ipv4.OPTIONAL);
  }

  /** What else the greeting says, but for the device. */
  PodFacts facts() {
    List<Prefix> onLink =
        routes.stream()
            .filter(r -> r.gateway().isEmpty())
            .map(Route::destination)
            .filter(p -> p.length() > 0 && !p.network().isLinkLocalAddress())
            .filter(p -> !p.network().isMulticastAddress())
            .distinct()
            .toList();
    return new PodFacts(link.mtu(), onLink, false, false);
  }
}
