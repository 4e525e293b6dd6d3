package dev.teletun.client.dns.stub;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.socket.InternetSocket;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The stub's UDP and TCP port, of the same number, for the queries that went to one name server: a
 * redirected packet no longer says where it was going, so the port does. Loop thread only.
 */
public final class StubServer implements Closeable {
  private static final int MOST_CLIENTS = 64;
  private static final int TRAINS_AT_ONCE = 16;
  private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final ByteBuffer scratch;
  private final Relay relay;
  private Server original;
  private Optional<Prefix> others = Optional.empty();
  private final InetAddress at;
  private final StubPorts ports;
  private final Set<StubClient> clients = new LinkedHashSet<>();
  private final DatagramTrain train = new DatagramTrain();
  private final CloseStack watches = new CloseStack();

  private StubServer(
      EventLoop loop,
      ByteBuffer scratch,
      Relay relay,
      Server original,
      InetAddress at,
      StubPorts ports) {
    this.at = at;
    this.loop = loop;
    this.scratch = scratch;
    this.relay = relay;
    this.original = original;
    this.ports = ports;
  }

  /**
   * Opens the ports and begins to serve.
   *
   * @param scratch as in {@link MessageWire}
   * @param at address of this host, and a port or 0 for any
   */
  static StubServer open(
      EventLoop loop, ByteBuffer scratch, Relay relay, Server original, InetSocketAddress at)
      throws IOException {
    StubServer server =
        new StubServer(loop, scratch, relay, original, at.getAddress(), StubPorts.open(at));
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(server);
      server.watch(server.ports.datagrams().fd(), server::receive);
      Watch[] accepting = new Watch[1];
      accepting[0] = server.watch(server.ports.streams().fd(), () -> server.accept(accepting[0]));
      onFailure.handOver();
      return server;
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(at, ports.number());
  }

  /** Its number, for UDP and TCP. */
  public int port() {
    return ports.number();
  }

  /** From the next query on, what is no name of the cluster goes there. Loop thread only. */
  public void standFor(InetSocketAddress other, int fwmark) {
    original = new Server(other, fwmark);
  }

  /** From now on answers these, too. Loop thread only. */
  void alsoFor(Prefix clients) {
    others = Optional.of(clients);
  }

  /** Closes connections without a query; to be called now and then. */
  public void expire() {
    long now = System.nanoTime();
    List.copyOf(clients).stream().filter(c -> c.isIdle(now)).forEach(StubClient::close);
  }

  @Override
  public void close() throws IOException {
    List.copyOf(clients).forEach(StubClient::close);
    try (ports) {
      watches.close();
    }
  }

  private Watch watch(Fd fd, Ready ready) throws IOException {
    Watch watch = watches.own(loop.watch(fd, ready));
    watch.reading(true);
    return watch;
  }

  private void receive() throws IOException {
    UdpSocket socket = ports.datagrams();
    for (int i = 0; i < TRAINS_AT_ONCE && socket.receive(train); i++) {
      UdpPeer client = train.peer();
      if (!isOurs(client.address())) {
        continue;
      }
      int each = Math.max(1, train.segmentBytes());
      for (int from = 0; from < train.length(); from += each) {
        int end = Math.min(from + each, train.length());
        byte[] query = Arrays.copyOfRange(train.bytes(), from, end);
        relay.relay(query, Transport.UDP, original, answerTo(client, query));
      }
    }
  }

  /**
   * True for programs of this host, and for others where they are served. The cluster can send to
   * the tunnel's address, too, and must not hear what this host's name servers know; the kernel
   * takes no packet from there that says it comes from that address itself.
   */
  private boolean isOurs(InetSocketAddress client) {
    InetAddress from = client.getAddress();
    return at.isLoopbackAddress()
        || from.equals(at)
        || others.filter(p -> p.contains(from)).isPresent();
  }

  private boolean isOurs(InternetSocket client) {
    try {
      return isOurs(client.peer());
    } catch (SyscallException _) {
      return false; // it is gone already
    }
  }

  private Outcome answerTo(UdpPeer client, byte[] query) {
    return new Outcome() {
      @Override
      public void answered(byte[] message) {
        ports.datagrams().send(client, message, 0, message.length, message.length);
      }

      @Override
      public void unanswered(Why why) {
        if (why == Why.UNREACHABLE) { // which its own socket would have been told
          answered(DnsHeader.serverFailure(query));
        } // else as on a network where the answer was lost: it asks again, or somebody else
      }
    };
  }

  private void accept(Watch accepting) throws IOException {
    try {
      Optional<InternetSocket> accepted = ports.streams().accept();
      if (accepted.isPresent()) {
        InternetSocket socket = accepted.get();
        if (isOurs(socket)) {
          serve(socket);
        } else {
          socket.close();
        }
      }
    } catch (IOException e) { // no descriptors left: the connection stays in the queue
      accepting.reading(false);
      watches.own(loop.schedule(ACCEPT_PAUSE, () -> accepting.reading(true)));
    }
  }

  private void serve(InternetSocket socket) throws IOException {
    if (clients.size() >= MOST_CLIENTS) {
      clients.iterator().next().close();
    }
    StubClient client = new StubClient(relay, original, clients::remove);
    MessageWire wire = new MessageWire(loop, socket, true, scratch, client);
    client.start(wire);
    clients.add(client);
    wire.start();
  }
}
