package dev.teletun.bench.cluster;

import dev.teletun.lab.topology.Host;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;

/** Where the kernel of a host would send packets to an address. */
final class Routed {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String TUNNEL = "tel0";

  private Routed() {}

  /** Waits until the way to the address is the tunnel's, or no longer. */
  static void await(Host laptop, String address, boolean intoTunnel) throws IOException {
    InetAddress to = Addresses.parse(address);
    try (NetworkNamespace inside = NetworkNamespace.ofProcess(laptop.pid())) {
      inside.call(() -> {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        try (RouteSocket kernel = RouteSocket.open()) {
          int tunnel = kernel.link(TUNNEL).index();
          while (kernel.lookup(to).filter(r -> r.interfaceIndex() == tunnel).isPresent()
              != intoTunnel) {
            if (System.nanoTime() - deadline > 0) {
              throw new IOException("%s: not as expected after %s".formatted(address, LONGEST));
            }
            Thread.sleep(1);
          }
        }
        return true;
      });
    }
  }
}
