package dev.teletun.lab.impair;

/** What the router does to a share of all packets that pass it; {@code %1$d} is the share. */
public enum Fault {
  /** Packets vanish. */
  LOSS(
      """
      table inet impair {
        chain forward {
          type filter hook forward priority -10
          oifname "long0" accept comment "its turn comes when it has been delayed"
          numgen random mod 1000 < %1$d drop
        }
      }
      """),
  /** Packets arrive twice. */
  DUPLICATION(
      """
      table netdev impair {
        chain toNode {
          type filter hook egress device "wan0" priority 0
          numgen random mod 1000 < %1$d dup to "wan0"
        }
        chain toLaptop {
          type filter hook egress device "lan0" priority 0
          numgen random mod 1000 < %1$d dup to "lan0"
        }
      }
      """),
  /** Packets wait in a slow queue of their own, and arrive behind others. */
  REORDERING(
      """
      table inet impair {
        chain forward {
          type filter hook forward priority -10
          oifname "long0" accept comment "its turn comes when it has been delayed"
          numgen random mod 1000 < %1$d meta priority set 1:2
        }
      }
      """),
  /**
   * A byte of a UDP datagram changes and its checksum fits: behind the first 40, which with
   * connection IDs are the record's header, nonce and first bytes. Of TCP, whose checksum would
   * catch that, a header becomes impossible, so that the segment gets to the receiver for nothing,
   * too.
   */
  CORRUPTION(
      """
      table inet impair {
        chain forward {
          type filter hook forward priority -10
          oifname "long0" accept comment "its turn comes when it has been delayed"
          udp length > 60 numgen random mod 1000 < %1$d @th,384,8 set 0xff
          meta l4proto tcp numgen random mod 1000 < %1$d tcp doff set 0
        }
      }
      """);

  private final String rules;

  Fault(String rules) {
    this.rules = rules;
  }

  String rules(int perMille) {
    return rules.formatted(perMille);
  }
}
