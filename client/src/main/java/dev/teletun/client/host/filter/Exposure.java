package dev.teletun.client.host.filter;

import dev.teletun.linux.nft.RulesetGeneration;
import dev.teletun.protocol.address.Prefix;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What others keep out of what is exposed, asked anew whenever somebody has changed nftables, and
 * now and then where iptables-legacy is in use, which does not say so. One thread at a time.
 */
final class Exposure implements Closeable {
  private static final List<Path> LEGACY =
      List.of(Path.of("/proc/net/ip_tables_names"), Path.of("/proc/net/ip6_tables_names"));
  private static final int NOW_AND_THEN = 5;

  private final ExposureProbe probe;
  private Optional<Set<Obstacle>> last = Optional.empty();
  private List<InetAddress> askedFor = List.of();
  private int generation;
  private int looks;

  private Exposure(ExposureProbe probe) {
    this.probe = probe;
  }

  static Exposure open(String device, Exposed exposed) throws IOException {
    return new Exposure(ExposureProbe.open(device, exposed));
  }

  /**
   * What keeps something out now; empty if that cannot be known.
   *
   * @param own addresses of the device
   * @param cluster prefixes routed to it
   */
  Optional<Set<Obstacle>> look(
      List<InetAddress> own, Collection<Prefix> cluster, HostFilter.Injection into)
      throws IOException {
    boolean again = looks++ % NOW_AND_THEN == 0 && legacyInUse();
    int before = RulesetGeneration.now();
    if (again || before != generation || !own.equals(askedFor) || last.isEmpty()) {
      last = probe.ask(own, cluster, into);
      askedFor = List.copyOf(own);
      int after = RulesetGeneration.now();
      generation = after == before + probe.changes() ? after : before; // else somebody else's, too
    }
    return last;
  }

  private static boolean legacyInUse() throws IOException {
    for (Path names : LEGACY) {
      if (Files.isReadable(names) && !Files.readString(names).isBlank()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    probe.close();
  }
}
