package dev.teletun.client.dns.way;

import dev.teletun.linux.nft.NftException;
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
    return new InterceptTable(create(new NftTable("inet", name), mark), name, mark);
  }

  private static OwnTable create(NftTable table, QueryMark mark) throws IOException {
    try {
      return OwnTable.open(table, redirecting(table, mark) + apart(table, mark));
    } catch (NftException _) { // perhaps for lack of CONFIG_NF_CONNTRACK_ZONES
      return OwnTable.open(table, redirecting(table, mark));
    }
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

  private static String redirecting(NftTable table, QueryMark mark) {
    return "add chain %s output { type nat hook output priority %d; policy accept; }\n"
        .formatted(table, mark.priority());
  }

  /**
   * Keeps our own queries apart in connection tracking, whose entry for one would lead a program's
   * query from the same port past the stub, and the other way round. Only on the way out: answers
   * are found by the entry's other side, which is where other programs' filters look, too.
   */
  private static String apart(NftTable table, QueryMark mark) {
    return """
    add chain %1$s own { type filter hook output priority raw; policy accept; }
    add rule %1$s own meta mark 0x%2$x ct original zone set %3$d
    """
        .formatted(table, mark.value(), mark.zone());
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
