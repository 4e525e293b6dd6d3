package dev.teletun.client.host.filter;

import java.util.List;
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

  /** Copies the list. */
  public Exposed {
    ports = List.copyOf(ports);
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
