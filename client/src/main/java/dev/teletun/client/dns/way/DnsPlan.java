package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.ClusterNames;
import java.nio.file.Path;
import java.util.Set;

/**
 * What the stub needs to know of cluster and host.
 *
 * @param cluster its names, as far as known at first
 * @param resolvConf the file that names the host's name servers; read and followed, never written
 * @param mark of our own queries to the host's servers, which the table lets pass
 * @param tableName name of the nftables table, {@code teletun-dns-…}
 * @param own names that this host needs, such as its search domains: no server can claim them
 */
public record DnsPlan(
    ClusterNames cluster, Path resolvConf, QueryMark mark, String tableName, Set<String> own) {

  /** Copies the set. */
  public DnsPlan {
    if (!tableName.matches("[A-Za-z][A-Za-z0-9_-]{0,63}")) {
      throw new IllegalArgumentException("\"" + tableName + "\" is not a table name");
    }
    own = Set.copyOf(own);
  }
}
