package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.OwnTable;
import java.io.Closeable;
import java.io.IOException;

/**
 * Refuses what the cluster begins to this host, but for exposed ports: whatever listens on all
 * addresses of a laptop is not meant for a cluster. Refused as if nobody listened.
 */
final class InboundFilter implements Closeable {
  private static final String REFUSED = "refused";

  private final OwnTable table;

  private InboundFilter(OwnTable table) {
    this.table = table;
  }

  static InboundFilter open(String device, Exposed exposed) throws IOException {
    String name = "teletun-inbound-" + device;
    return new InboundFilter(
        OwnTable.open(new NftTable("inet", name), rules(name, device, exposed)));
  }

  static String rules(String name, String device, Exposed exposed) {
    StringBuilder rules =
        new StringBuilder(
            """
            add counter inet %1$s refused
            add chain inet %1$s in { type filter hook input priority filter; policy accept; }
            add rule inet %1$s in iifname != "%2$s" accept
            add rule inet %1$s in ct state established,related accept
            add rule inet %1$s in icmp type echo-request accept
            add rule inet %1$s in icmpv6 type echo-request accept
            """
                .formatted(name, device));
    for (ExposedPorts ports : exposed.ports()) {
      rules.append("add rule inet %s in %s accept\n".formatted(name, ports.condition()));
    }
    return rules
        .append(
            """
            add rule inet %1$s in counter name refused
            add rule inet %1$s in meta l4proto tcp reject with tcp reset
            add rule inet %1$s in reject with icmpx port-unreachable
            """
                .formatted(name))
        .toString();
  }

  /** How many packets were refused. */
  long refused() throws IOException {
    return table.count(REFUSED);
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
