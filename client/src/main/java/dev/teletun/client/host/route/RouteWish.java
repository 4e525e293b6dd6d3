package dev.teletun.client.host.route;

import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * What is to go into the tunnel as far as user and cluster are concerned.
 *
 * @param asked by the user
 * @param excluded by the user, which wins
 * @param mode what becomes of the rest
 * @param nameServers of the cluster, as the server says them: not to be trusted
 * @param learned prefixes of the cluster, best first
 * @param hosts addresses of the cluster's Services and pods
 */
public record RouteWish(
    List<Prefix> asked,
    List<Prefix> excluded,
    RouteMode mode,
    List<InetAddress> nameServers,
    List<Candidate> learned,
    Set<InetAddress> hosts) {

  /**
   * A learned prefix.
   *
   * @param origin where from, for people
   */
  public record Candidate(Prefix prefix, String origin) {}
}
