package dev.teletun.client.cluster.prefix;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * What is known of the cluster's addresses at one moment.
 *
 * @param prefixes best first
 * @param hosts addresses of Services and pods that exist now; only what had to be asked
 * @param skipped what is not believed
 * @param apiServer addresses that the API server, or the proxy to it, is asked at
 */
public record ClusterView(
    List<LearnedPrefix> prefixes,
    Set<InetAddress> hosts,
    List<Skipped> skipped,
    Set<InetAddress> apiServer) {
  /** Nothing known. */
  public static final ClusterView NONE = new ClusterView(List.of(), Set.of(), List.of(), Set.of());

  /** Copies the collections. */
  public ClusterView {
    prefixes = List.copyOf(prefixes);
    hosts = Set.copyOf(hosts);
    skipped = List.copyOf(skipped);
    apiServer = Set.copyOf(apiServer);
  }
}
