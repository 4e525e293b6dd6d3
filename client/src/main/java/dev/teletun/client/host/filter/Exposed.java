package dev.teletun.client.host.filter;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which connections the cluster may begin to this host. Answers to this host's own, and echo
 * requests, are taken in any case.
 *
 * @param everything as a pod without a NetworkPolicy takes it
 * @param ports if not everything
 */
public record Exposed(boolean everything, List<ExposedPorts> ports) {
  /** None. */
  public static final Exposed NOTHING = new Exposed(false, List.of());

  /** All of them. */
  public static final Exposed EVERYTHING = new Exposed(true, List.of());

  /** What people open in a firewall, and what they do not. */
  private static final List<ExposedPorts> SOME =
      List.of(
          some(ExposedPorts.Transport.TCP, 22),
          some(ExposedPorts.Transport.TCP, 80),
          some(ExposedPorts.Transport.TCP, 8080),
          some(ExposedPorts.Transport.TCP, 47_110),
          some(ExposedPorts.Transport.UDP, 53),
          some(ExposedPorts.Transport.UDP, 47_110));

  private static ExposedPorts some(ExposedPorts.Transport transport, int port) {
    return new ExposedPorts(transport, port, port, Optional.empty());
  }

  /** Copies the list. */
  public Exposed {
    ports = List.copyOf(ports);
  }

  /** Ports that show whether others let in what is exposed. */
  List<ExposedPorts> probed() {
    return everything ? SOME : ports;
  }

  @Override
  public String toString() {
    return everything
        ? "everything"
        : ports.isEmpty()
            ? "nothing"
            : ports.stream().map(ExposedPorts::toString).collect(Collectors.joining(", "));
  }
}
