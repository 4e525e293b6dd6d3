package dev.teletun.client.cluster.prefix;

import java.net.InetAddress;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is known of the cluster's addresses and names at one moment.
 *
 * @param prefixes best first
 * @param hosts addresses of Services and pods that exist now; only what had to be asked
 * @param namespaces those that exist now
 * @param skipped what is not believed
 * @param apiServer addresses that the API server, or the proxy to it, is asked at
 */
public record ClusterView(
    List<LearnedPrefix> prefixes,
    Set<InetAddress> hosts,
    Set<String> namespaces,
    List<Skipped> skipped,
    Set<InetAddress> apiServer) {
  /** Nothing known. */
  public static final ClusterView NONE =
      new ClusterView(List.of(), Set.of(), Set.of(), List.of(), Set.of());

  /** Copies the collections. */
  public ClusterView {
    prefixes = List.copyOf(prefixes);
    // No copyOf: its probing is linear, and neighbours have neighbouring hashes; 10,000 took 90 ms.
    hosts = Collections.unmodifiableSet(new HashSet<>(hosts));
    namespaces = Set.copyOf(namespaces);
    skipped = List.copyOf(skipped);
    apiServer = Set.copyOf(apiServer);
  }
}
