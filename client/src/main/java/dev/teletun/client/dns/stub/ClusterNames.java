package dev.teletun.client.dns.stub;

import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * What is known of the cluster's names at one moment.
 *
 * @param servers the cluster's name servers, asked in this order, reached through the tunnel
 * @param search the pod's search path, first entry first
 * @param ndots the pod's ndots: names with fewer dots are tried along the search path
 * @param reverse prefixes whose reverse names (in-addr.arpa, ip6.arpa) the cluster knows
 * @param namespaces known ones besides the pod's own, {@code default} and {@code kube-system}
 */
public record ClusterNames(
    List<InetAddress> servers,
    List<String> search,
    int ndots,
    List<Prefix> reverse,
    Set<String> namespaces) {

  /** Copies the collections. */
  public ClusterNames {
    servers = List.copyOf(servers);
    search = List.copyOf(search);
    reverse = List.copyOf(reverse);
    namespaces = Set.copyOf(namespaces);
  }
}
