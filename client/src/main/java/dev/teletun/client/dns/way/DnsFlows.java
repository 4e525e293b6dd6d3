package dev.teletun.client.dns.way;

import dev.teletun.linux.conntrack.Conntrack;
import dev.teletun.linux.conntrack.Flow;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Flows to port 53 that the kernel remembers. A flow keeps the way it took at first: one that is
 * older than the table passes it by, and one that was redirected outlives it as long as another NAT
 * table exists.
 */
final class DnsFlows {
  private static final int DNS_PORT = 53;

  private DnsFlows() {}

  /** Makes the kernel forget flows. */
  static int forget(Predicate<Flow> which) throws IOException {
    try (Conntrack conntrack = Conntrack.open()) {
      return conntrack.delete(which);
    }
  }

  /** Flows to these servers that do not come to their stub ports. */
  static Predicate<Flow> past(Map<InetAddress, Integer> portOfServer) {
    return flow -> isToServer(flow, portOfServer) && !comesToStub(flow, portOfServer);
  }

  /** Flows to these servers that come to their stub ports. */
  static Predicate<Flow> to(Map<InetAddress, Integer> portOfServer) {
    return flow -> isToServer(flow, portOfServer) && comesToStub(flow, portOfServer);
  }

  /** Flows that were redirected to a port of this host on which nobody listens any more. */
  static Predicate<Flow> stale() {
    Map<InetSocketAddress, Boolean> free = new HashMap<>();
    return flow ->
        isDns(flow)
            && flow.isTranslated()
            && flow.reply().source().isLoopbackAddress()
            && flow.reply().sourcePort() != DNS_PORT
            && free.computeIfAbsent(
                new InetSocketAddress(flow.reply().source(), flow.reply().sourcePort()),
                DnsFlows::isFree);
  }

  private static boolean isToServer(Flow flow, Map<InetAddress, Integer> portOfServer) {
    return isDns(flow) && portOfServer.containsKey(flow.original().destination());
  }

  private static boolean isDns(Flow flow) {
    return (flow.protocol() == Flow.UDP || flow.protocol() == Flow.TCP)
        && flow.original().destinationPort() == DNS_PORT;
  }

  private static boolean comesToStub(Flow flow, Map<InetAddress, Integer> portOfServer) {
    Integer port = portOfServer.get(flow.original().destination());
    return port != null
        && flow.reply().source().isLoopbackAddress()
        && flow.reply().sourcePort() == port;
  }

  private static boolean isFree(InetSocketAddress address) {
    try (DatagramSocket probe = new DatagramSocket(address)) {
      return probe.isBound();
    } catch (SocketException e) {
      return false;
    }
  }
}
