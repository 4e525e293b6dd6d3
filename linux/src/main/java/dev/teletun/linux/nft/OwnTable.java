package dev.teletun.linux.nft;

import dev.teletun.protocol.address.Addresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A table that is gone with this process. With the owner flag the kernel sees to it however the
 * process ends; without (Linux before 5.12) {@link #close} does, and after a kill -9 somebody who
 * knows its name. Any thread.
 */
public final class OwnTable implements Closeable {
  private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");
  private static final Pattern COUNTER = Pattern.compile("counter (\\S+) \\{\\s+packets (\\d+)");
  private static final Pattern ELEMENTS = Pattern.compile("elements = \\{([^}]*)\\}");

  private final Nftables nftables;
  private final NftTable table;
  private final boolean owned;

  private OwnTable(Nftables nftables, NftTable table, boolean owned) {
    this.nftables = nftables;
    this.table = table;
    this.owned = owned;
  }

  /** Makes the table and, in the same transaction, what {@code content} adds to it. */
  public static OwnTable open(NftTable table, String content) throws IOException {
    boolean owned = Nftables.ownerFlagWorks();
    Nftables nftables = Nftables.open();
    try {
      if (!owned) { // one of the same name may be left from a killed process
        nftables.run("add table %s\ndelete table %s\n".formatted(table, table));
      }
      nftables.run(
          "add table %s%s\n%s".formatted(table, owned ? " { flags owner; }" : "", content));
      return new OwnTable(nftables, table, owned);
    } catch (IOException e) {
      nftables.close();
      throw e;
    }
  }

  /** Runs commands as one transaction. */
  public void run(String commands) throws NftException {
    nftables.run(commands);
  }

  /** How many packets the counter of this name in the table has seen. */
  public long count(String counter) throws NftException {
    Matcher packets =
        PACKETS.matcher(nftables.query("list counter %s %s".formatted(table, counter)));
    if (!packets.find()) {
      throw new IllegalStateException("no counter %s in table %s".formatted(counter, table));
    }
    return Long.parseLong(packets.group(1));
  }

  /** How many packets each of the table's named counters has seen. */
  public Map<String, Long> counts() throws NftException {
    Map<String, Long> counts = new LinkedHashMap<>();
    COUNTER
        .matcher(nftables.query("list counters table " + table))
        .results()
        .forEach(found -> counts.put(found.group(1), Long.parseLong(found.group(2))));
    return counts;
  }

  /** The chains of everybody to which the kernel hands packets. */
  public List<BaseChain> baseChains() throws NftException {
    return nftables.baseChains();
  }

  /** True if somebody's table has a chain of this name. */
  public boolean hasChain(NftTable somebodys, String chain) throws NftException {
    // Not "list chain": of rules that iptables made libnftables complains on our stderr.
    String listing = nftables.query("list chains " + somebodys.family());
    int begin = listing.indexOf("table %s {\n".formatted(somebodys));
    int end = listing.indexOf("\n}", Math.max(begin, 0));
    return begin >= 0
        && end >= 0
        && listing.substring(begin, end).contains("\tchain %s {\n".formatted(chain));
  }

  /** The addresses in the set of this name in the table, which holds neither prefixes nor more. */
  public Set<InetAddress> addresses(String set) throws NftException {
    Matcher elements = ELEMENTS.matcher(nftables.query("list set %s %s".formatted(table, set)));
    return elements.find()
        ? Pattern.compile(",")
            .splitAsStream(elements.group(1))
            .map(element -> Addresses.parse(element.strip()))
            .collect(Collectors.toCollection(LinkedHashSet::new))
        : new LinkedHashSet<>();
  }

  /** True if the kernel removes the table when this process ends. */
  public boolean isOwned() {
    return owned;
  }

  @Override
  public void close() throws IOException {
    try (nftables) {
      nftables.run("delete table %s\n".formatted(table));
    }
  }
}
