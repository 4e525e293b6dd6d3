package dev.teletun.client.host.state;

import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.host.filter.Boundary;
import dev.teletun.client.host.trace.StateDirectory;
import java.util.Set;

/**
 * How a host is to be taken over, which stays so while it is taken.
 *
 * @param boundary what may pass between host, containers and cluster
 * @param dns how the cluster's names are to resolve
 * @param ownNames that this host needs, such as its search domains: no server can claim them
 * @param strictRoutes whether a table of our own goes before the host's
 * @param journal where it is written down what outlives this process
 */
public record HostTerms(
    Place place,
    Boundary boundary,
    DnsMode dns,
    Set<String> ownNames,
    boolean strictRoutes,
    StateDirectory journal) {

  /** Copies the set. */
  public HostTerms {
    ownNames = Set.copyOf(ownNames);
  }
}
