package dev.teletun.client.dns;

import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the stub needs to know of cluster and host.
 *
 * @param clusterServers the cluster's name servers, asked in this order, reached through the tunnel
 * @param search the pod's search path, first entry first
 * @param ndots the pod's ndots: names with fewer dots are tried along the search path
 * @param resolvConf the file that names the host's name servers; read and followed, never written
 * @param fwmark mark of our own queries to the host's servers, which the table lets pass; not 0
 * @param tableName name of the nftables table, {@code teletun-dns-…}
 * @param reverse prefixes whose reverse names (in-addr.arpa, ip6.arpa) the cluster knows
 * @param namespaces known namespaces besides the pod's own, {@code default} and {@code kube-system}
 * @param own names that this host needs, such as its search domains: no server can claim them
 */
public record DnsPlan(
    List<InetAddress> clusterServers,
    List<String> search,
    int ndots,
    Path resolvConf,
    int fwmark,
    String tableName,
    List<Prefix> reverse,
    Set<String> namespaces,
    Set<String> own) {

  /** Copies the collections. */
  public DnsPlan {
    if (fwmark == 0) {
      throw new IllegalArgumentException("fwmark 0 marks nothing: our queries would come back");
    }
    if (!tableName.matches("[A-Za-z][A-Za-z0-9_-]{0,63}")) {
      throw new IllegalArgumentException("\"" + tableName + "\" is not a table name");
    }
    clusterServers = List.copyOf(clusterServers);
    search = List.copyOf(search);
    reverse = List.copyOf(reverse);
    namespaces = Set.copyOf(namespaces);
    own = Set.copyOf(own);
  }

  /** A plan without reverse zones, other namespaces, and names to protect. */
  public DnsPlan(
      List<InetAddress> clusterServers,
      List<String> search,
      int ndots,
      Path resolvConf,
      int fwmark,
      String tableName) {
    this(
        clusterServers,
        search,
        ndots,
        resolvConf,
        fwmark,
        tableName,
        List.of(),
        Set.of(),
        Set.of());
  }
}
