package dev.teletun.linux.nft;

import java.io.IOException;

/** Tries what a kernel can do on a table that nobody's packets pass. */
enum Probe {
  OWNER_FLAG("inet", "flags owner"),

  /** A chain without a hook: complete, but never reached. */
  FORWARD(
      "netdev",
      """
      chain unused {
        ip daddr 192.0.2.1 fwd ip to 192.0.2.1 device "lo"
        ip6 daddr 2001:db8::1 fwd ip6 to 2001:db8::1 device "lo"
      }
      """);

  private final String family;
  private final String content;

  Probe(String family, String content) {
    this.family = family;
    this.content = content;
  }

  /** Tries it under a name that no other process uses. */
  boolean works() {
    String name = "teletun_probe_" + ProcessHandle.current().pid();
    try (Nftables nft = Nftables.open()) {
      // One transaction: even a kill now leaves nothing behind.
      nft.run(
          """
          table %1$s %2$s {
            %3$s
          }
          delete table %1$s %2$s
          """
              .formatted(family, name, content));
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
