package dev.teletun.client.cluster.reach;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/**
 * A place where server-external may answer.
 *
 * @param origin where it was learned, in words that follow the address
 * @param address that packets outside the tunnel go to
 * @param udpPort 0 if no UDP gets through there
 * @param through what lies behind the API server at {@code address}, if that is what is dialled
 */
public record Candidate(
    Rung rung,
    String origin,
    InetAddress address,
    int tcpPort,
    int udpPort,
    Optional<PodPort> through) {

  /** What the user named, or anything else that is dialled as it is. */
  public static Candidate direct(
      Rung rung, String origin, InetAddress address, int tcpPort, int udpPort) {
    return new Candidate(rung, origin, address, tcpPort, udpPort, Optional.empty());
  }

  /** Where TCP is dialled. */
  public InetSocketAddress tcp() {
    return new InetSocketAddress(address, tcpPort);
  }

  /** Where UDP is sent to, if it gets through. */
  public Optional<InetSocketAddress> udp() {
    return udpPort == 0 ? Optional.empty() : Optional.of(new InetSocketAddress(address, udpPort));
  }

  /** A socket that is to be connected to {@link #tcp}, and then leads to server-external. */
  public Socket socket() {
    return through.isPresent() ? new ForwardSocket(through.get()) : new Socket();
  }

  /** In words, such as {@code node port 10.0.0.1:30700 of Service vpn/ext on node n1}. */
  @Override
  public String toString() {
    return "%s%s %s%s"
        .formatted(
            rung,
            through.isPresent() ? " through" : "",
            Addresses.text(tcp()),
            origin.isEmpty() ? "" : " " + origin);
  }
}
