package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.OwnTable;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Drops what comes for the tunnel's addresses from anywhere but the tunnel and this host itself.
 *
 * <p>Linux takes packets for any address of its own on any interface, and {@code rp_filter} looks
 * at sources only: a neighbour on the LAN could find the tunnel's address, and probe and reset
 * connections through it (CVE-2019-14899).
 */
final class NeighbourGuard implements Closeable {
  private final OwnTable table;
  private final String name;
  private final String device;

  private NeighbourGuard(OwnTable table, String name, String device) {
    this.table = table;
    this.name = name;
    this.device = device;
  }

  /** Guards the addresses of {@code device}, which need not be there yet. */
  static NeighbourGuard open(String device, List<InetAddress> addresses) throws IOException {
    String name = "teletun-lan-" + device;
    String rules = creation(name) + rules(name, device, addresses);
    return new NeighbourGuard(OwnTable.open(new NftTable("inet", name), rules), name, device);
  }

  /** Guards others from now on. */
  void guard(List<InetAddress> addresses) throws IOException {
    table.run(rules(name, device, addresses));
  }

  private static String creation(String name) {
    return "add chain inet %s in { type filter hook prerouting priority raw; policy accept; }\n"
        .formatted(name);
  }

  static String rules(String name, String device, List<InetAddress> addresses) {
    StringBuilder rules = new StringBuilder("flush chain inet %s in\n".formatted(name));
    for (InetAddress address : addresses) {
      rules.append(
          "add rule inet %s in iifname != \"%s\" %s daddr %s fib saddr type != local drop\n"
              .formatted(
                  name,
                  device,
                  address instanceof Inet6Address ? "ip6" : "ip",
                  address.getHostAddress()));
    }
    return rules.toString();
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
