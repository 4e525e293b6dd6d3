package dev.teletun.client.dns.way;

import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.OwnTable;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Map;

/** The nftables table that sends the host's own queries to the stub, as long as we live. */
final class InterceptTable implements Closeable {
  private final OwnTable table;
  private final String name;

  private InterceptTable(OwnTable table, String name) {
    this.table = table;
    this.name = name;
  }

  /** Makes the table, still without rules. */
  static InterceptTable open(String name) throws IOException {
    return new InterceptTable(OwnTable.open(new NftTable("inet", name), creation(name)), name);
  }

  /** Replaces all rules in one transaction: a query meets the old ones or the new ones. */
  void redirect(Map<InetAddress, Integer> portOfServer, int fwmark) throws IOException {
    table.run(rules(name, portOfServer, fwmark));
  }

  /** True if the kernel removes the table when this process ends. */
  boolean isOwned() {
    return table.isOwned();
  }

  @Override
  public void close() throws IOException {
    table.close();
  }

  private static String creation(String name) {
    return "add chain inet %s output { type nat hook output priority -100; policy accept; }\n"
        .formatted(name);
  }

  static String rules(String name, Map<InetAddress, Integer> portOfServer, int fwmark) {
    StringBuilder rules = new StringBuilder("flush chain inet " + name + " output\n");
    String add = "add rule inet " + name + " output ";
    rules.append(add).append("meta mark 0x%x return\n".formatted(fwmark));
    portOfServer.forEach((server, port) -> {
      for (String protocol : new String[] {"udp", "tcp"}) {
        rules
            .append(add)
            .append(match(server))
            .append(" %s dport 53 redirect to :%d\n".formatted(protocol, port));
      }
    });
    return rules.toString();
  }

  private static String match(InetAddress server) {
    String address = server.getHostAddress();
    if (!(server instanceof Inet6Address v6)) {
      return "ip daddr " + address;
    }
    int zone = address.indexOf('%');
    return zone < 0
        ? "ip6 daddr " + address
        : "ip6 daddr %s meta oif %d".formatted(address.substring(0, zone), v6.getScopeId());
  }
}
