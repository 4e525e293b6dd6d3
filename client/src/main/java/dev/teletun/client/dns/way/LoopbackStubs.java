package dev.teletun.client.dns.way;

import dev.teletun.client.dns.registry.StubAddress;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.client.dns.stub.StubServer;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Ports 53 of the stub on addresses of 127.0.0.0/8, the first for the first of the host's name
 * servers and so on: what a resolv.conf can name, as it says no port. They are the same for a
 * device whenever it is used. Loop thread only.
 */
final class LoopbackStubs implements Closeable {
  private static final int DNS_PORT = 53;

  private final NameStub stub;
  private final QueryMark mark;
  private final List<StubServer> ports = new ArrayList<>();

  LoopbackStubs(NameStub stub, QueryMark mark) {
    this.stub = stub;
    this.mark = mark;
  }

  /**
   * Opens a port for each of {@code servers}, and closes those that are one too many.
   *
   * @param servers of the host, not empty
   * @return the ports' addresses, in the same order
   * @throws IOException if a port is somebody else's; then those before hold
   */
  List<InetAddress> follow(Collection<InetAddress> servers) throws IOException {
    int number = 0;
    for (InetAddress server : servers) {
      InetSocketAddress original = new InetSocketAddress(server, DNS_PORT);
      if (number < ports.size()) {
        ports.get(number).standFor(original, mark.value());
      } else {
        ports.add(open(original, number));
      }
      number++;
    }
    while (ports.size() > number) {
      ports.removeLast().close();
    }
    return addresses();
  }

  private StubServer open(InetSocketAddress original, int number) throws IOException {
    InetAddress own = StubAddress.of(mark.number(), number + 1);
    try {
      return stub.serve(original, mark.value(), new InetSocketAddress(own, DNS_PORT));
    } catch (IOException e) {
      throw new IOException(
          "the stub gets no port for its name server %s: %s. See who has it (ss -lnup sport = :53), or say -dns=intercept, which needs no such port"
              .formatted(Addresses.text(own), e.getMessage()),
          e);
    }
  }

  private List<InetAddress> addresses() {
    return ports.stream().map(port -> port.address().getAddress()).toList();
  }

  /** Closes what is idle; to be called now and then. */
  void expire() {
    ports.forEach(StubServer::expire);
  }

  @Override
  public void close() throws IOException {
    try (CloseStack all = new CloseStack()) {
      ports.forEach(all::own);
      ports.clear();
    }
  }
}
