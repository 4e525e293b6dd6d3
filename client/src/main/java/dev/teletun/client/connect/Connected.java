package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.Rung;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a connected client has made of its host.
 *
 * @param device name of the TUN device
 * @param addresses of the pod, now this host's
 * @param tunMtu bytes
 * @param server where it was reached first
 * @param dns which names the cluster answers, if any
 * @param dnsWay how the host's queries come to us, and why so
 */
public record Connected(
    String device,
    List<InetAddress> addresses,
    int tunMtu,
    List<Prefix> routes,
    Optional<String> dns,
    Optional<String> dnsWay,
    Candidate server) {

  private static final int MOST_SHOWN = 12;

  private String shown() {
    String first =
        routes.stream().limit(MOST_SHOWN).map(Prefix::toString).collect(Collectors.joining(" "));
    return routes.size() > MOST_SHOWN
        ? "%s and %d more".formatted(first, routes.size() - MOST_SHOWN)
        : first;
  }

  /** One line for people. */
  public String summary() {
    return "connected as %s on %s, MTU %d, to %s; routes %s; DNS %s"
        .formatted(
            Addresses.text(addresses),
            device,
            tunMtu,
            server.rung() == Rung.EXPLICIT ? Addresses.text(server.tcp()) : server,
            shown(),
            dns.orElse("left alone"));
  }
}
