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

  private final QueryMark mark;

  private InterceptTable(OwnTable table, String name, QueryMark mark) {
    this.table = table;
    this.name = name;
    this.mark = mark;
  }

  /** Makes the table, still without rules; what carries such a mark passes it by. */
  static InterceptTable open(String name, QueryMark mark) throws IOException {
    OwnTable table = OwnTable.open(new NftTable("inet", name), creation(name, mark));
    return new InterceptTable(table, name, mark);
  }

  /** Replaces all rules in one transaction: a query meets the old ones or the new ones. */
  void redirect(Map<InetAddress, Integer> portOfServer) throws IOException {
    table.run(rules(name, portOfServer, mark));
  }

  /** True if the kernel removes the table when this process ends. */
  boolean isOwned() {
    return table.isOwned();
  }

  @Override
  public void close() throws IOException {
    table.close();
  }

  private static String creation(String name, QueryMark mark) {
    return "add chain inet %s output { type nat hook output priority %d; policy accept; }\n"
        .formatted(name, mark.priority());
  }

  static String rules(String name, Map<InetAddress, Integer> portOfServer, QueryMark mark) {
    StringBuilder rules = new StringBuilder("flush chain inet " + name + " output\n");
    String add = "add rule inet " + name + " output ";
    rules.append(add).append("meta mark %s return\n".formatted(mark.passing()));
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
