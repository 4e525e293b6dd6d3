package dev.teletun.client.host.cleanup;

import dev.teletun.client.dns.way.DnsIntercept;
import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.Nftables;
import dev.teletun.linux.route.Link;
import dev.teletun.linux.route.RouteSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what a killed client left where the kernel did not: nftables tables of ours that no
 * living process owns, and tracked flows to its DNS stub. A living client's things and everybody
 * else's stay.
 */
public final class Cleanup {
  private Cleanup() {}

  /** Does it; may be repeated. The answer says what was repaired, a line each. */
  public static List<String> run() throws IOException {
    List<String> repaired = new ArrayList<>();
    try (Nftables nft = Nftables.open();
        RouteSocket kernel = RouteSocket.open()) {
      List<Link> links = kernel.links();
      for (NftTable table : nft.tablesLikeOurs()) {
        if (!isAlive(table, links) && nft.delete(table)) {
          repaired.add("removed the nftables table %s".formatted(table));
        }
      }
    }
    int flows = DnsIntercept.forgetStaleFlows();
    if (flows > 0) {
      repaired.add("made the kernel forget %d flows to a DNS stub that is gone".formatted(flows));
    }
    return repaired;
  }

  /**
   * Without owner tables a live client is known by its device, after which its tables are named.
   */
  private static boolean isAlive(NftTable table, List<Link> links) {
    return links.stream().anyMatch(link -> table.name().endsWith("-" + link.name()));
  }
}
