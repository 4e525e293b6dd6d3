package dev.teletun.client.host.route;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Whom this host needs besides the tunnel: its name servers, its DHCP servers, and where its user
 * has logged in from. None of them tells when it changes. One thread at a time.
 */
public final class HostNeeds {
  private static final long LOGINS_HOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Set<InetAddress> logins = new LinkedHashSet<>();
  private Set<InetAddress> nameServers = Set.of();
  private long loginsReadNanos = System.nanoTime() - LOGINS_HOLD_NANOS;

  /**
   * Looks. A login stays needed once it is over, as whoever lost it wants back in; name servers
   * stay while only this host itself is named, as where a stub of ours has taken their place.
   *
   * @param own addresses of this host
   */
  public Map<InetAddress, Role> now(Collection<InetAddress> own) throws IOException {
    Set<InetAddress> named = new LinkedHashSet<>(HostNameServers.read());
    named.removeIf(server -> server.isLoopbackAddress() || own.contains(server));
    if (!named.isEmpty()) {
      nameServers = named;
    }
    if (System.nanoTime() - loginsReadNanos >= LOGINS_HOLD_NANOS) { // all processes are looked at
      logins.addAll(SshLogins.peers());
      loginsReadNanos = System.nanoTime();
    }
    Map<InetAddress, Role> needs = new LinkedHashMap<>();
    nameServers.forEach(server -> needs.put(server, Role.NAME_SERVER));
    DhcpLeases.servers(DhcpLeases.DIRECTORIES, own)
        .forEach(server -> needs.putIfAbsent(server, Role.DHCP_SERVER));
    logins.forEach(peer -> needs.putIfAbsent(peer, Role.SSH_PEER));
    needs.keySet().removeAll(own);
    return needs;
  }
}
