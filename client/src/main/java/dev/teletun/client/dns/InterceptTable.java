package dev.teletun.client.dns;

import dev.teletun.linux.nft.Nftables;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Map;

/**
 * The nftables table that sends the host's own queries to the stub. With the owner flag the kernel
 * removes it when this process ends, however it ends; without (Linux before 5.12) {@link #close}
 * does, and after a kill -9 {@code teletun cleanup}, by its name.
 */
final class InterceptTable implements Closeable {
  private final Nftables nftables;
  private final String name;
  private final boolean owned;

  private InterceptTable(Nftables nftables, String name, boolean owned) {
    this.nftables = nftables;
    this.name = name;
    this.owned = owned;
  }

  /** Makes the table, still without rules. */
  static InterceptTable open(String name) throws IOException {
    boolean owned = Nftables.ownerFlagWorks();
    Nftables nftables = Nftables.open();
    try {
      if (!owned) { // one of the same name may be left from a killed process
        nftables.run("add table inet %s\ndelete table inet %s\n".formatted(name, name));
      }
      nftables.run(creation(name, owned));
      return new InterceptTable(nftables, name, owned);
    } catch (IOException e) {
      nftables.close();
      throw e;
    }
  }

  /** Replaces all rules in one transaction: a query meets the old ones or the new ones. */
  void redirect(Map<InetAddress, Integer> portOfServer, int fwmark) throws IOException {
    nftables.run(rules(name, portOfServer, fwmark));
  }

  /** True if the kernel removes the table when this process ends. */
  boolean isOwned() {
    return owned;
  }

  @Override
  public void close() throws IOException {
    try (nftables) {
      nftables.run("delete table inet " + name + "\n");
    }
  }

  static String creation(String name, boolean owned) {
    return """
    add table inet %s%s
    add chain inet %s output { type nat hook output priority -100; policy accept; }
    """
        .formatted(name, owned ? " { flags owner; }" : "", name);
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
