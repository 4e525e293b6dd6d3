package dev.teletun.client.host.device;

import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.address.PrefixAlgebra;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** Other clients of ours on this host, each with a pair of its own: what is theirs stays theirs. */
public final class OtherClients {
  private OtherClients() {}

  /**
   * Refuses prefixes of which another client routes a part, or a whole that they are a part of.
   *
   * @param excluded prefixes that are not wanted after all
   * @throws IOException that names the client and the ways out
   */
  public static void refuseTheirs(Collection<Prefix> wanted, List<Prefix> excluded)
      throws IOException {
    try (RouteSocket kernel = RouteSocket.open()) {
      for (ClientDevice other : ClientDevice.all(kernel)) {
        for (Route theirs :
            kernel.routes(
                r -> r.interfaceIndex() == other.index() && r.protocol() == Route.TELETUN)) {
          for (Prefix prefix : wanted) {
            refuse(prefix, theirs.destination(), excluded, other);
          }
        }
      }
    }
  }

  private static void refuse(
      Prefix wanted, Prefix theirs, List<Prefix> excluded, ClientDevice other) throws IOException {
    if (PrefixAlgebra.overlap(wanted, theirs)) {
      Prefix both = wanted.contains(theirs) ? theirs : wanted;
      if (excluded.stream().noneMatch(e -> e.contains(both))) {
        throw new IOException(
            "%s is routed already, by %s: nothing was changed. End that client (kill %d), or leave the prefix to it with -exclude=%s"
                .formatted(both, other, other.process(), both));
      }
    }
  }
}
