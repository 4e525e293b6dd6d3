package dev.teletun.client.host.filter;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which packets of this host meet the tunnel: three tables of nftables, all gone with the process.
 * What a kernel refuses is left out with a warning that says what is lost. Any thread, one at a
 * time.
 */
public final class HostFilter implements Closeable {
  private final Optional<NeighbourGuard> neighbours;
  private final Optional<InboundFilter> inbound;
  private final Optional<LeakGuard> leaks;
  private final Optional<Exposure> exposure;
  private final Optional<SharedTunnel> sharing;
  private final CloseStack tables;
  private final List<String> warnings;
  private List<InetAddress> own;
  private Collection<Prefix> routed = List.of();

  private HostFilter(
      Optional<NeighbourGuard> neighbours,
      Optional<InboundFilter> inbound,
      Optional<LeakGuard> leaks,
      Optional<Exposure> exposure,
      Optional<SharedTunnel> sharing,
      CloseStack tables,
      List<String> warnings,
      List<InetAddress> own) {
    this.neighbours = neighbours;
    this.inbound = inbound;
    this.leaks = leaks;
    this.exposure = exposure;
    this.sharing = sharing;
    this.own = List.copyOf(own);
    this.tables = tables;
    this.warnings = warnings;
  }

  /** One of the tables. */
  private interface Opening<T> {
    T open() throws IOException;
  }

  /**
   * Filters for {@code device}, whose addresses need not be there yet.
   *
   * @param addresses of the pod
   * @throws IOException if the tunnel is to be shared and this host refuses the rules for it
   */
  public static HostFilter open(String device, List<InetAddress> addresses, Boundary boundary)
      throws IOException {
    Exposed exposed = boundary.exposed();
    List<String> shared = boundary.shared();
    List<String> warnings = new ArrayList<>(SharedInterfaces.notForwarding(shared));
    try (CloseStack onFailure = new CloseStack()) {
      Optional<NeighbourGuard> neighbours =
          open(
              () -> NeighbourGuard.open(device, addresses),
              "neighbours on the LAN can send packets to %s past the tunnel"
                  .formatted(Addresses.text(addresses)),
              warnings,
              onFailure);
      Optional<InboundFilter> inbound =
          exposed.everything()
              ? Optional.empty()
              : open(
                  () -> InboundFilter.open(device, exposed),
                  "the cluster reaches everything here that listens on all addresses",
                  warnings,
                  onFailure);
      Optional<LeakGuard> leaks =
          open(
              () -> LeakGuard.open(device, shared),
              "packets for the cluster leave by another device where somebody adds a longer route",
              warnings,
              onFailure);
      Optional<Exposure> exposure =
          exposed.equals(Exposed.NOTHING)
              ? Optional.empty()
              : open(
                  () -> Exposure.open(device, exposed),
                  "whether another firewall here keeps out what is exposed is not known",
                  warnings,
                  onFailure);
      Optional<SharedTunnel> sharing =
          shared.isEmpty()
              ? Optional.empty()
              : Optional.of(onFailure.own(SharedTunnel.open(device, shared)));
      return new HostFilter(
          neighbours, inbound, leaks, exposure, sharing, onFailure.handOver(), warnings, addresses);
    }
  }

  private static <T extends Closeable> Optional<T> open(
      Opening<T> table, String lost, List<String> warnings, CloseStack onFailure) {
    try {
      return Optional.of(onFailure.own(table.open()));
    } catch (IOException e) {
      warnings.add(
          "%s, as this host refuses the nftables rules against it: %s"
              .formatted(lost, e.getMessage()));
      return Optional.empty();
    }
  }

  /** Other addresses are the pod's from now on. */
  public void addresses(List<InetAddress> addresses) throws IOException {
    synchronized (this) {
      own = List.copyOf(addresses);
    }
    if (neighbours.isPresent()) {
      neighbours.get().guard(addresses);
    }
  }

  /**
   * Other prefixes are the cluster's from now on.
   *
   * @param routed into the tunnel
   * @param leave parts of them that this host routes elsewhere on purpose
   */
  public void cluster(Collection<Prefix> routed, Collection<Prefix> leave) throws IOException {
    synchronized (this) {
      this.routed = List.copyOf(routed);
    }
    if (leaks.isPresent()) {
      leaks.get().guard(routed, leave);
    }
  }

  /**
   * What was kept from passing so far.
   *
   * @param refused packets by which the cluster began something that is not exposed
   * @param leaks packets for the cluster that would have left by another device
   * @param leakedTo where those were to go, the first 64 of each family
   * @param forwarded packets of others that were to pass this host into the tunnel or out of it
   */
  public record Kept(long refused, long leaks, Set<InetAddress> leakedTo, long forwarded) {}

  /** What was kept from passing so far. */
  public Kept kept() throws IOException {
    return new Kept(
        inbound.isPresent() ? inbound.get().refused() : 0,
        leaks.isPresent() ? leaks.get().leaks() : 0,
        leaks.isPresent() ? leaks.get().seen() : Set.of(),
        leaks.isPresent() ? leaks.get().forwarded() : 0);
  }

  /** A filter that is in force. One thread at a time, beside those that change it. */
  public interface Watched {
    /** What it kept from passing so far. */
    Kept kept() throws IOException;

    /**
     * What of others keeps out what is exposed, shown by packets as if from the cluster; empty if
     * nothing is exposed, or it cannot be known.
     */
    Optional<Set<Obstacle>> obstacles() throws IOException;

    /** What of others has lost packets of those who share the tunnel since the last time. */
    List<Obstacle> lost() throws IOException;
  }

  /** Puts a packet into the device as if it came from the cluster. */
  public interface Injection {
    /** Returns once the kernel has it. */
    void put(byte[] packet) throws IOException;
  }

  /**
   * What of others keeps out what is exposed, shown by packets through the device, which must be
   * up.
   *
   * @return empty if nothing is exposed, or it cannot be known
   */
  public Optional<Set<Obstacle>> obstacles(Injection into) throws IOException {
    List<InetAddress> to;
    Collection<Prefix> from;
    synchronized (this) {
      to = own;
      from = routed;
    }
    return exposure.isPresent() ? exposure.get().look(to, from, into) : Optional.empty();
  }

  /** What of others has lost packets of those who share the tunnel since the last time. */
  public List<Obstacle> lost() throws IOException {
    return sharing.isPresent() ? sharing.get().look() : List.of();
  }

  /** What could not be done, and what is lost by it. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public void close() throws IOException {
    tables.close();
  }
}
