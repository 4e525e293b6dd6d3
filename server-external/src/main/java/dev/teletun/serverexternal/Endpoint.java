package dev.teletun.serverexternal;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Totals;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.message.Token;
import dev.teletun.protocol.unix.Greeting;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.end.Drops;
import dev.teletun.tunnel.end.Follower;
import dev.teletun.tunnel.end.Side;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.path.KernelPath;
import dev.teletun.tunnel.path.MeasuredPath;
import dev.teletun.tunnel.path.PathMode;
import dev.teletun.tunnel.transport.Inbox;
import dev.teletun.tunnel.transport.StreamTransport;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data side: joins the client's associations and the link to server-cluster by a tunnel end.
 * Loop thread only, but for {@link #awaitPair}, {@link #heardNanos} and {@link #drops}.
 */
final class Endpoint
    implements Closeable,
        PairLink.Listener,
        TunnelEnd.Listener,
        TrainSender.TooBig,
        ServerAssociations.Listener,
        StreamTransport.Listener {
  // What the handshake's datagrams must fit whatever the path: RFC 8200's minimum.
  private static final int HANDSHAKE_PATH_MTU = 1280;
  private static final Duration PAIR_PATIENCE = Duration.ofSeconds(5);
  private static final int SMALLEST_TUNNEL_MTU = 1280;
  private static final Duration TICK = Duration.ofMillis(250);

  private final UdpSocket socket;
  private final ServerAssociations associations;
  private final TunnelEnd end;
  private final UdpTransport udp;
  private final MeasuredPath measured;
  private final Closeable ticks;
  private final Follower follower;
  private final Absence absence = new Absence(System::nanoTime);
  private final Consumer<String> log;
  private final Events pairEvents = new Events("linked", "lost");
  private final Events switches = new Events("to_tcp", "to_udp");
  private final Totals duty = new Totals();
  private Instant switchedAt = Instant.now();
  private Runnable pairLost = () -> {};
  private @Nullable PacketPort port;
  private List<InetAddress> podAddresses = List.of();
  private Consumer<Greeting> podChanged = _ -> {};
  private @Nullable Object served;
  private volatile @Nullable StreamTransport stream;
  private volatile CompletableFuture<Greeting> greeting = new CompletableFuture<>();

  private Endpoint(EventLoop loop, UdpSocket socket, Identity own, Pin client, Consumer<String> log)
      throws IOException {
    this.socket = socket;
    this.log = log;
    associations = new ServerAssociations(loop, socket, own, client, HANDSHAKE_PATH_MTU, this);
    end = new TunnelEnd(Side.SERVER, loop, SMALLEST_TUNNEL_MTU, this);
    udp = UdpTransport.open(loop, socket, associations, end, this);
    measured = new MeasuredPath(this::tunnelMtu, associations::probe);
    ticks = loop.every(TICK, this::tick);
    follower = new Follower(loop, end, udp);
    loop.call(() -> {
      end.receiveFrom(udp);
      follower.begin();
    });
  }

  static Endpoint open(
      EventLoop loop, UdpSocket socket, Identity own, Pin client, Consumer<String> log)
      throws IOException {
    return new Endpoint(loop, socket, own, client, log);
  }

  void onPairLost(Runnable dialAgain) {
    pairLost = dialAgain;
  }

  /** Who is told when another pod, with other addresses, is behind the socket. */
  void onPodChanged(Consumer<Greeting> tell) {
    podChanged = tell;
  }

  @Override
  public void linked(Greeting text, PacketPort local) throws IOException {
    boolean changed = !podAddresses.isEmpty() && !podAddresses.equals(text.addresses().addresses());
    podAddresses = text.addresses().addresses();
    log.accept("linked to server-cluster: the pod is %s".formatted(Addresses.text(podAddresses)));
    port = local;
    pairEvents.count("linked");
    Set<InetAddress> nameServers = Set.copyOf(ResolvConf.parse(text.resolvConf()).nameServers());
    end.filter(new InnerFilter(podAddresses, nameServers));
    greeting.complete(text); // first: the port may end while it is attached, and take this back
    end.attach(local);
    if (changed) {
      podChanged.accept(text);
    }
  }

  @Override
  public void portEnded(@Nullable IOException failure) {
    log.accept(
        "lost server-cluster: "
            + (failure == null ? "it closed the socket" : failure.getMessage()));
    pairEvents.count("lost");
    closePort();
    greeting = new CompletableFuture<>();
    pairLost.run();
  }

  @Override
  public void revoked(String why) throws IOException {
    end.detach();
    portEnded(new IOException(why));
  }

  /** What a router in front of the pod's interface has to say to the client. */
  @Override
  public void answer(FrameBatch packets) {
    for (int frame = 0; frame < packets.bytes(); frame = packets.next(frame)) {
      byte[] packet = new byte[packets.packetLength(frame)];
      packets.buffer().get(packets.packetOffset(frame), packet);
      end.send(packet);
    }
  }

  private static List<Map<String, Long>> duty(@Nullable PacketPort of) {
    return of instanceof HandedDevicePort device ? List.of(device.duty()) : List.of();
  }

  private void closePort() {
    PacketPort gone = port;
    port = null;
    if (gone != null) {
      duty(gone).forEach(duty::retire);
      try {
        gone.close();
      } catch (IOException e) {
        log.accept("closing what led to server-cluster: " + e.getMessage());
      }
    }
  }

  /**
   * A client is the pod from now on, or again.
   *
   * @param stay names it for {@link #end}: the session's token, or of version 1 the session
   * @param from where its control connection comes from
   */
  void begin(Object stay, InetAddress from) {
    if (!stay.equals(served)) {
      endStream();
      follower.begin();
    }
    associations.open(from, stay instanceof Token token ? token : null);
    served = stay;
  }

  /** Ends its associations; another's may have begun already, and stay. */
  void end(Object stay) {
    if (stay.equals(served)) {
      endAny();
    }
  }

  /** Ends the associations, whosever they are. */
  void endAny() {
    endStream();
    follower.begin();
    associations.close();
    served = null;
  }

  /** What packets over TCP go to. */
  Inbox inbox() {
    return end;
  }

  /**
   * Packets may come and go by {@code next} from now on, instead of by the one before.
   *
   * @param shown by who dialled
   * @return false if it is not the session's token
   */
  boolean join(StreamTransport next, Token shown) {
    if (!(served instanceof Token token) || !shown.matches(token)) {
      return false;
    }
    StreamTransport old = stream;
    stream = next;
    next.say(DataMessage.bare(DataMessage.HELLO_ACK));
    end.receiveFrom(next);
    if (old != null) {
      leave(old);
    }
    return true;
  }

  private void endStream() {
    StreamTransport gone = stream;
    if (gone != null) {
      leave(gone);
    }
  }

  /** {@code gone} has ended, or is to end. */
  void leave(StreamTransport gone) {
    follower.ended(gone);
    gone.close();
    if (gone.equals(stream)) {
      stream = null;
    }
  }

  @Override
  public void switched(int number, boolean first) {
    if (follower.switched(udp, number, first)) {
      switches.count("to_udp");
      switchedAt = Instant.now();
      log.accept("packets for the client go over UDP again");
    }
  }

  @Override
  public void switched(StreamTransport on, int number, boolean first) {
    if (on.equals(stream) && follower.switched(on, number, first)) {
      switches.count("to_tcp");
      switchedAt = Instant.now();
      log.accept("packets for the client go over TCP: UDP does not get through");
    }
  }

  /** When the client was last heard, on the clock of System.nanoTime. Any thread. */
  long heardNanos() {
    long overUdp = associations.heardNanos();
    StreamTransport tcp = stream;
    return tcp != null && tcp.heardNanos() - overUdp > 0 ? tcp.heardNanos() : overUdp;
  }

  /** Makes its counters readable, on the loop's thread. */
  void register(Counters to) {
    end.register(to);
    associations.register(to);
    to.family("teletun_switches", "Switches between transports.", "event", switches::read);
    to.family("teletun_pair", "The link to server-cluster.", "event", pairEvents::read);
    to.family(
        "teletun_pod_router_packets",
        "Packets of the client as a router in front of the pod's interface treated them.",
        "duty",
        () -> duty.with(duty(port)));
    to.family(
        "teletun_socket_losses",
        "Datagrams that the kernel refused, by error.",
        "errno",
        socket::losses);
  }

  /** How it stands. Loop thread. */
  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.text("pair", port == null ? "waiting for server-cluster" : "linked"));
    facts.add(
        Fact.text(
            "packets",
            switch (port) {
              case null -> "none";
              case HandedDevicePort _ -> "the pod's device";
              default -> "frames";
            }));
    facts.add(Fact.list("podAddresses", podAddresses.stream().map(Addresses::text).toList()));
    facts.add(Fact.text("transport", follower.isOver(udp) ? "UDP" : "TCP"));
    facts.add(Fact.text("transportSince", switchedAt.truncatedTo(ChronoUnit.SECONDS).toString()));
    UdpPeer peer = associations.peer();
    if (peer == null) {
      facts.add(Fact.text("association", "none"));
    } else {
      facts.add(Fact.text("association", Addresses.text(peer.address())));
      facts.add(Fact.number("associationAgeSeconds", associations.age().toSeconds()));
      facts.addAll(measured.facts());
    }
    return facts;
  }

  /** What was dropped so far. Any thread. */
  Drops drops() {
    return end.drops();
  }

  /** Waits until there is a pod to be. Any thread but the loop's. */
  Greeting awaitPair(String client) throws IOException {
    try {
      return greeting.get(PAIR_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException(
          "refused %s: no server-cluster answers on the sockfile".formatted(client), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for server-cluster", e);
    }
  }

  @Override
  public void associated(UdpPeer peer) {
    log.accept("data association with %s".formatted(Addresses.text(peer.address())));
    begin(peer);
  }

  @Override
  public void moved(UdpPeer peer) {
    log.accept("the client is at %s now".formatted(Addresses.text(peer.address())));
    begin(peer);
  }

  private void begin(UdpPeer peer) {
    kernelPath(peer).ifPresent(path -> measured.begin(path, served instanceof Token));
  }

  @Override
  public void probed(int size) {
    measured.acknowledged(size);
  }

  @Override
  public void leftover() {
    udp.feed(associations::feedLeftover);
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
      kernelPath(peer).ifPresent(measured::hear);
    }
  }

  private Optional<KernelPath> kernelPath(UdpPeer peer) {
    try {
      return Optional.of(KernelPath.to(peer.address()));
    } catch (IOException e) {
      log.accept("path MTU to %s: %s".formatted(Addresses.text(peer.address()), e.getMessage()));
      return Optional.empty();
    }
  }

  private void tunnelMtu(int bytes) {
    end.tunnelMtu(bytes);
    try {
      socket.fragmentation(PathMode.of(bytes, served instanceof Token));
    } catch (IOException e) {
      log.accept("setting whether datagrams may be fragmented: " + e.getMessage());
    }
  }

  private void tick() {
    if (measured.tick(end.largeToPeer(), associations.heardNanos())) {
      datagramTooBig();
      associations.callOut();
    }
    boolean answers = served instanceof Token;
    if (answers && absence.isToBeAsked(heardNanos(), end.packetsToPeer())) {
      askForASign();
    }
    end.hasWay(!(answers && absence.isCertain()));
  }

  private void askForASign() {
    StreamTransport tcp = stream;
    if (tcp != null && follower.isOver(tcp)) {
      tcp.callOut();
    } else {
      associations.callOut();
    }
  }

  @Override
  public void close() throws IOException {
    ticks.close();
    endStream();
    associations.close();
    end.close();
    udp.close();
    closePort();
  }
}
