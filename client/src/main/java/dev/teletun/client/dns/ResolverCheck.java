package dev.teletun.client.dns;

import dev.teletun.client.dns.way.NameServers;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Asks for a name of the cluster the way any program of this host would: from the first name server
 * of its resolv.conf.
 */
public final class ResolverCheck {
  private static final int PATIENCE_MILLIS = 1_000;
  private static final int TRIES = 3;
  private static final int DNS_PORT = 53;
  private static final int LARGEST_ANSWER = 1_500;

  private ResolverCheck() {}

  /**
   * Tries for three seconds.
   *
   * @param domain the cluster's, such as {@code cluster.local}
   * @return empty if the cluster's DNS answered, whatever it said; else what to warn the user of
   */
  public static Optional<String> run(Path resolvConf, String domain) throws IOException {
    Set<InetAddress> servers = NameServers.parse(NameServers.text(resolvConf));
    String name = "kubernetes.default.svc." + domain;
    InetAddress first = servers.iterator().next(); // this host, where none is named
    for (int i = 1; i <= TRIES; i++) {
      if (answers(first, DnsProbe.query(i, name, DnsProbe.TYPE_A))) {
        return Optional.empty();
      }
    }
    return Optional.of(
        ("packets reach the cluster, but %s did not answer for %s: the cluster's DNS is down, or"
                + " another program redirects port 53 (nft list ruleset)")
            .formatted(Addresses.text(first), name));
  }

  private static boolean answers(InetAddress server, byte[] query) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(server, DNS_PORT));
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket answer = new DatagramPacket(new byte[LARGEST_ANSWER], LARGEST_ANSWER);
      socket.receive(answer);
      return answer.getData()[0] == query[0] && answer.getData()[1] == query[1];
    } catch (IOException e) {
      return false; // no answer in time, or refused: the next try or the warning says it
    }
  }
}
