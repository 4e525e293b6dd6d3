package dev.teletun.linux.nft;

import java.util.Optional;

/**
 * The name of a table.
 *
 * @param family inet, ip, ip6, netdev, bridge or arp
 */
public record NftTable(String family, String name) {
  private static final String OURS = "teletun";

  /** Reads a line of {@code list tables}; empty for any other line. */
  static Optional<NftTable> ofLine(String line) {
    String[] words = line.strip().split(" ", -1);
    return words.length == 3 && words[0].equals("table")
        ? Optional.of(new NftTable(words[1], words[2]))
        : Optional.empty();
  }

  /** True for the names that this project gives: {@code teletun…}. */
  public boolean looksLikeOurs() {
    return name.startsWith(OURS);
  }

  /** As nft writes it after a command: {@code inet teletun}. */
  @Override
  public String toString() {
    return family + " " + name;
  }
}
