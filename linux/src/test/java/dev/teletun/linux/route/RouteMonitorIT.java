package dev.teletun.linux.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.namespace.TestNamespace;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("netns")
class RouteMonitorIT {

  /** The kernel multicasts before it acknowledges, so nothing needs to be waited for. */
  @Test
  void tellsOfEveryKindOfChangeOnce() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        RouteSocket socket = namespace.call(RouteSocket::open)) {
      namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
      namespace.run("sysctl", "-qw", "net.ipv6.conf.v0.accept_dad=0");
      int v0 = socket.link("v0").index();
      socket.up(v0);
      try (RouteMonitor monitor = namespace.call(RouteMonitor::open)) {
        changes(
            monitor,
            () -> socket.alias(v0, "x"),
            () -> socket.add(new InterfaceAddress(v0, InetAddress.ofLiteral("10.9.9.9"), 32)),
            () -> socket.add(new InterfaceAddress(v0, InetAddress.ofLiteral("fd09::9"), 128)),
            () -> socket.add(Route.through(v0, Prefix.parse("10.8.0.0/16"))),
            () -> socket.add(Route.through(v0, Prefix.parse("fd08::/64"))),
            () -> socket.add(Rule.lookup(false, 5200, 84)),
            () -> socket.add(Rule.lookup(true, 5200, 84)));
      }
    }
  }

  @Test
  void takesALossForAChange() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        RouteSocket socket = namespace.call(RouteSocket::open);
        RouteMonitor monitor = namespace.call(RouteMonitor::open)) {
      List<Route> many = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        many.add(
            Route.without(
                Route.UNREACHABLE, Prefix.parse("10.%d.%d.0/24".formatted(i / 250, i % 250))));
      }
      socket.add(many);

      assertThat(monitor.drain()).isTrue();
      assertThat(monitor.drain()).isFalse();
    }
  }

  private interface Change {
    void make() throws IOException;
  }

  private static void changes(RouteMonitor monitor, Change... changes) throws IOException {
    monitor.drain();
    for (int i = 0; i < changes.length; i++) {
      changes[i].make();

      assertThat(monitor.drain()).as("change %d", i).isTrue();
      assertThat(monitor.drain()).as("after change %d", i).isFalse();
    }
  }
}
