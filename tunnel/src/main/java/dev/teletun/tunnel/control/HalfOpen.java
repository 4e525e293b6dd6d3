package dev.teletun.tunnel.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Connections whose client has not shown its key yet: few, and nobody can keep them all.
 *
 * <p>A newcomer takes the place of the oldest connection of the network that has most of them. So
 * an attacker with one network displaces only himself, and one with many must open more than {@link
 * #MOST} connections within the round trips that a client's handshake takes. Any thread.
 */
final class HalfOpen {
  static final int MOST = 8;

  private static final int SITE_BYTES = 8; // one subscriber has an IPv6 /64 (RFC 6177)

  private final Map<Socket, byte[]> oldestFirst = new LinkedHashMap<>();

  /** Adds {@code newcomer}; closes another if there is no place. */
  void admit(Socket newcomer) throws IOException {
    Optional<Socket> loser;
    synchronized (this) {
      loser = oldestFirst.size() < MOST ? Optional.empty() : oldestOfTheLargestNetwork();
      loser.ifPresent(oldestFirst::remove);
      oldestFirst.put(newcomer, network(newcomer.getInetAddress()));
    }
    if (loser.isPresent()) {
      loser.get().close();
    }
  }

  /** The client has shown its key, or the connection is over. */
  synchronized void remove(Socket socket) {
    oldestFirst.remove(socket);
  }

  private Optional<Socket> oldestOfTheLargestNetwork() {
    Socket loser = null;
    long most = 0;
    for (Map.Entry<Socket, byte[]> entry : oldestFirst.entrySet()) {
      long share = share(entry.getValue());
      if (share > most) {
        most = share;
        loser = entry.getKey();
      }
    }
    return Optional.ofNullable(loser);
  }

  private long share(byte[] network) {
    return oldestFirst.values().stream().filter(other -> Arrays.equals(network, other)).count();
  }

  private static byte[] network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? bytes : Arrays.copyOf(bytes, SITE_BYTES);
  }
}
