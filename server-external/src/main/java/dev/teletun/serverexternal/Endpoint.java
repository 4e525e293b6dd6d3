package dev.teletun.serverexternal;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.unix.Greeting;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.control.ServerSession;
import dev.teletun.tunnel.end.Side;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.path.KernelPath;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins the three things a session needs: the slot's control connection, the association, and the
 * link to server-cluster. Its fields belong to the loop; {@link #serve} runs on the control
 * threads.
 */
final class Endpoint
    implements Closeable, PairLink.Listener, TunnelEnd.Listener, ServerAssociations.Listener {
  // What the handshake's datagrams must fit whatever the path: RFC 8200's minimum.
  private static final int HANDSHAKE_PATH_MTU = 1280;
  private static final Duration PAIR_PATIENCE = Duration.ofSeconds(5);
  private static final int SMALLEST_TUNNEL_MTU = 1280;

  private final EventLoop loop;
  private final UdpSocket socket;
  private final ServerAssociations associations;
  private final TunnelEnd end;
  private final Slot slot;
  private final Consumer<String> log;
  private Runnable pairLost = () -> {};
  private @Nullable FramePort port;
  private List<InetAddress> podAddresses = List.of();
  private @Nullable ServerSession served;
  private volatile CompletableFuture<Greeting> greeting = new CompletableFuture<>();

  private Endpoint(EventLoop loop, UdpSocket socket, Identity own, Pin client, Consumer<String> log)
      throws IOException {
    this.loop = loop;
    this.socket = socket;
    this.log = log;
    associations = new ServerAssociations(loop, socket, own, client, HANDSHAKE_PATH_MTU, this);
    end = TunnelEnd.open(Side.SERVER, loop, socket, associations, SMALLEST_TUNNEL_MTU, this);
    slot = new Slot(System::nanoTime, end::heardNanos);
  }

  static Endpoint open(
      EventLoop loop, UdpSocket socket, Identity own, Pin client, Consumer<String> log)
      throws IOException {
    return new Endpoint(loop, socket, own, client, log);
  }

  void onPairLost(Runnable dialAgain) {
    pairLost = dialAgain;
  }

  @Override
  public void linked(Greeting text, FramePort frames) throws IOException {
    if (!podAddresses.isEmpty() && !podAddresses.equals(text.addresses().addresses())) {
      slot.evict(); // version 1 cannot tell a client that its addresses changed
    }
    podAddresses = text.addresses().addresses();
    log.accept("linked to server-cluster: the pod is %s".formatted(Addresses.text(podAddresses)));
    port = frames;
    Set<InetAddress> nameServers = Set.copyOf(ResolvConf.parse(text.resolvConf()).nameServers());
    end.filter(new InnerFilter(podAddresses, nameServers));
    greeting.complete(text); // first: the port may end while it is attached, and take this back
    end.attach(frames);
  }

  @Override
  public void portEnded(@Nullable IOException failure) {
    log.accept(
        "lost server-cluster: "
            + (failure == null ? "it closed the socket" : failure.getMessage()));
    closePort();
    greeting = new CompletableFuture<>();
    pairLost.run();
  }

  private void closePort() {
    FramePort gone = port;
    port = null;
    if (gone != null) {
      gone.close();
    }
  }

  /** Runs one control session on its own thread. */
  void serve(ServerSession session) throws IOException {
    if (!slot.take(session)) {
      log.accept("refused %s: another client holds the pod".formatted(session.client()));
      return;
    }
    try {
      Greeting text = awaitPair(session);
      loop.call(() -> openSession(session));
      session.greet(text.addresses(), text.resolvConf());
      log.accept("client %s is the pod".formatted(session.client()));
      session.awaitEnd();
    } finally {
      if (slot.free(session)) {
        loop.call(() -> closeSession(session));
        log.accept("client %s left; dropped: %s".formatted(session.client(), end.drops()));
      }
    }
  }

  private void openSession(ServerSession session) {
    associations.close();
    associations.open(session.address());
    served = session;
  }

  /** The next session may have begun already: the slot is free before the loop hears of it. */
  private void closeSession(ServerSession session) {
    if (session.equals(served)) {
      associations.close();
      served = null;
    }
  }

  private Greeting awaitPair(ServerSession session) throws IOException {
    try {
      return greeting.get(PAIR_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException(
          "refused %s: no server-cluster answers on the sockfile".formatted(session.client()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for server-cluster", e);
    }
  }

  @Override
  public void associated(UdpPeer peer) {
    log.accept("data association with %s".formatted(Addresses.text(peer.address())));
    measure(peer);
    try {
      end.feed(associations::feedLeftover);
    } catch (IOException e) {
      portEnded(e);
    }
  }

  @Override
  public void peerClosed() {
    log.accept("the client closed its data association");
  }

  @Override
  public void expired() {
    log.accept(
        "the data association has lived for an hour or 2^28 packets and is closed: the client makes a new one, or ends");
  }

  @Override
  public void datagramTooBig() {
    UdpPeer peer = associations.peer();
    if (peer != null) {
      measure(peer);
    }
  }

  private void measure(UdpPeer peer) {
    try {
      KernelPath path = KernelPath.to(peer.address());
      path.allowFragments(socket);
      end.tunnelMtu(path.largestWhole());
    } catch (IOException e) {
      log.accept("path MTU to %s: %s".formatted(Addresses.text(peer.address()), e.getMessage()));
    }
  }

  @Override
  public void close() throws IOException {
    associations.close();
    end.close();
    closePort();
  }
}
