package dev.teletun.linux.conntrack;

import java.net.InetAddress;

/**
 * One direction of a tracked flow.
 *
 * @param sourcePort 0 if the protocol has no ports
 * @param destinationPort 0 if the protocol has no ports
 */
public record Tuple(
    InetAddress source, int sourcePort, InetAddress destination, int destinationPort) {

  /** The other direction, if nothing is translated. */
  public Tuple reversed() {
    return new Tuple(
        /* source= */ destination,
        /* sourcePort= */ destinationPort,
        /* destination= */ source,
        /* destinationPort= */ sourcePort);
  }

  /** As {@code 10.0.2.7:40000→10.96.0.10:53}. */
  @Override
  public String toString() {
    return "%s→%s".formatted(show(source, sourcePort), show(destination, destinationPort));
  }

  private static String show(InetAddress address, int port) {
    String text = address.getHostAddress();
    return (text.contains(":") ? "[" + text + "]" : text) + ":" + port;
  }
}
