package dev.teletun.client.host.filter;

import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.Link;
import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The interfaces of {@code -share-with}, before the host is touched. */
public final class SharedInterfaces {
  private static final Path FORWARD4 = Path.of("/proc/sys/net/ipv4/ip_forward");
  private static final Path FORWARD6 = Path.of("/proc/sys/net/ipv6/conf/all/forwarding");
  private static final String OURS = "teletun client, ";

  private SharedInterfaces() {}

  /**
   * Says what is wrong with them: one that is not there, a tunnel of ours, or the way to the
   * Internet, whose neighbours would all get into the cluster.
   *
   * @return a sentence each; empty if they may be shared
   */
  public static List<String> problems(List<String> names) throws IOException {
    List<String> problems = new ArrayList<>();
    if (names.isEmpty()) {
      return problems;
    }
    try (RouteSocket kernel = RouteSocket.open()) {
      List<Link> links = kernel.links();
      Set<Integer> uplinks =
          kernel.routes(r -> r.destination().length() == 0).stream()
              .filter(r -> r.type() == Route.UNICAST)
              .map(Route::interfaceIndex)
              .collect(Collectors.toSet());
      for (String name : names) {
        String reason =
            links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .map(link -> reason(link, uplinks))
                .orElse("there is no such interface (see ip link)");
        if (!reason.isEmpty()) {
          problems.add("-share-with=%s: %s".formatted(name, reason));
        }
      }
    }
    return problems;
  }

  private static String reason(Link link, Set<Integer> uplinks) {
    if (link.name().equals("lo")) {
      return "what this host itself sends goes into the tunnel anyway";
    }
    if (link.alias().startsWith(OURS)) {
      return "this is the tunnel of a client, not what containers are behind";
    }
    return uplinks.contains(link.index())
        ? "the default route leaves there, so everybody on that network would get into the cluster; name the bridge of your containers or VMs (see ip link show type bridge)"
        : "";
  }

  /** What of this host keeps their packets from being forwarded, and what to do. */
  static List<String> notForwarding(List<String> names) throws IOException {
    List<String> warnings = new ArrayList<>();
    try (RouteSocket kernel = RouteSocket.open()) {
      List<InterfaceAddress> addresses = kernel.addresses();
      for (String name : names) {
        int index = kernel.link(name).index();
        List<InterfaceAddress> own =
            addresses.stream()
                .filter(a -> a.interfaceIndex() == index && !a.address().isLinkLocalAddress())
                .toList();
        boolean ipv4 = own.stream().anyMatch(a -> a.address() instanceof Inet4Address);
        boolean ipv6 = own.stream().anyMatch(a -> !(a.address() instanceof Inet4Address));
        if (ipv4 && isOff(FORWARD4)) {
          warnings.add(off(name, "IPv4", "net.ipv4.ip_forward"));
        }
        if (ipv6 && isOff(FORWARD6)) {
          warnings.add(off(name, "IPv6", "net.ipv6.conf.all.forwarding"));
        }
      }
    }
    return warnings;
  }

  private static boolean isOff(Path sysctl) throws IOException {
    return Files.exists(sysctl) && Files.readString(sysctl).startsWith("0");
  }

  private static String off(String name, String family, String sysctl) {
    return "-share-with=%s: this host forwards no %s, so nothing from there gets into the tunnel. Let it forward: sudo sysctl -w %s=1"
        .formatted(name, family, sysctl);
  }
}
