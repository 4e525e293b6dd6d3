package dev.teletun.client.dns.way;

import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Whether this host's programs ask the stub: resolv.conf names it alone, or a server on this host,
 * such as dnsmasq, that asks it in turn.
 *
 * @param queries how many came to the stub
 */
record Effect(Path resolvConf, LongSupplier queries) {
  private static final int DNS_PORT = 53;
  private static final int PATIENCE_MILLIS = 500;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** True if it is so now. Takes half a second where a server on this host is to ask. */
  boolean reaches(List<InetAddress> stubs) throws IOException {
    Set<InetAddress> named = NameServers.parse(NameServers.text(resolvConf));
    return stubs.containsAll(named)
        || (named.stream().allMatch(InetAddress::isLoopbackAddress)
            && isAskedBy(named.iterator().next()));
  }

  /** Whom resolv.conf names, for people. */
  String named() throws IOException {
    Set<InetAddress> named = NameServers.parse(NameServers.text(resolvConf));
    return "%s names %s".formatted(resolvConf, Addresses.text(List.copyOf(named)));
  }

  /** A name that nobody can have remembered makes its way here. */
  private boolean isAskedBy(InetAddress server) throws IOException {
    long before = queries.getAsLong();
    try (DatagramSocket socket = new DatagramSocket()) {
      byte[] query = query("teletun-%016x".formatted(RANDOM.nextLong()), "example");
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(server, DNS_PORT));
      socket.send(new DatagramPacket(query, query.length));
      socket.receive(new DatagramPacket(new byte[512], 512));
    } catch (IOException _) {
      // No answer in time, or nobody there: what came to the stub counts.
    }
    return queries.getAsLong() > before;
  }

  /** RFC 1035 §4.1: recursion desired, one question, type A, class IN. */
  private static byte[] query(String... labels) {
    byte[] message = new byte[512];
    int at = 0;
    for (int each : new int[] {RANDOM.nextInt(256), RANDOM.nextInt(256), 1, 0, 0, 1}) {
      message[at++] = (byte) each;
    }
    at = 12;
    for (String label : labels) {
      byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
      message[at++] = (byte) bytes.length;
      System.arraycopy(bytes, 0, message, at, bytes.length);
      at += bytes.length;
    }
    message[at + 2] = 1;
    message[at + 4] = 1;
    return Arrays.copyOf(message, at + 5);
  }
}
