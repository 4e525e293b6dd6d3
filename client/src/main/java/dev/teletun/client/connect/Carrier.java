package dev.teletun.client.connect;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.Fragmentation;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.path.KernelPath;
import dev.teletun.tunnel.path.PathMode;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One association of the client's, from its first hello on, with the socket and transport that it
 * uses now. Loop thread only.
 */
final class Carrier implements Closeable {
  /** What a carrier is made of and for. */
  private static final long NANOS_PER_MICRO = 1_000;

  record Parts(
      EventLoop loop,
      Identity own,
      Pin pin,
      Lifetime lifetime,
      TunnelEnd end,
      TrainSender.TooBig tooBig,
      Tally tally) {}

  private final Parts parts;
  private final InetSocketAddress server;
  private final ClientAssociation association;
  private final long begunNanos = System.nanoTime();
  private UdpSocket socket;
  private UdpTransport transport;
  private InetAddress source;
  private long calledNanos = begunNanos;

  private Carrier(
      Parts parts,
      InetSocketAddress server,
      UdpSocket socket,
      ClientAssociation association,
      UdpTransport transport)
      throws IOException {
    this.parts = parts;
    this.server = server;
    this.socket = socket;
    this.association = association;
    this.transport = transport;
    this.source = socket.localAddress().getAddress();
  }

  /**
   * Begins a handshake from a socket of its own.
   *
   * @param patience for the handshake
   */
  static Carrier begin(
      Parts parts, InetSocketAddress server, Optional<Token> token, Duration patience)
      throws IOException {
    KernelPath path = KernelPath.to(server);
    try (CloseStack onFailure = new CloseStack()) {
      UdpSocket socket = onFailure.own(UdpSocket.connect(server));
      socket.fragmentation(PathMode.of(path.largestWhole(), false));
      ClientAssociation association =
          onFailure.own(
              ClientAssociation.begin(
                  parts.loop,
                  socket,
                  UdpPeer.of(server),
                  parts.own,
                  parts.pin,
                  token,
                  parts.lifetime,
                  path.pathMtu().bytes(),
                  patience));
      UdpTransport transport =
          onFailure.own(
              UdpTransport.open(parts.loop, socket, association, parts.end, parts.tooBig));
      Carrier carrier = new Carrier(parts, server, socket, association, transport);
      parts.end.receiveFrom(transport);
      parts.tally.opened(carrier);
      onFailure.handOver();
      return carrier;
    }
  }

  /** Where its datagrams go. */
  InetSocketAddress server() {
    return server;
  }

  ClientAssociation association() {
    return association;
  }

  UdpTransport transport() {
    return transport;
  }

  /** How long it has existed. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - begunNanos);
  }

  /** Time since the server was last heard on it. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - association.heardNanos());
  }

  /** Time since the oldest call that the server has not answered; zero if it answered the last. */
  Duration unanswered() {
    return Duration.ofNanos(association.unansweredNanos());
  }

  /** Time since the server last answered that it is there. */
  Duration sinceAnswer() {
    return Duration.ofNanos(association.sinceAnswerNanos());
  }

  /** Time since the last {@link #callOut}. */
  Duration sinceCall() {
    return Duration.ofNanos(System.nanoTime() - calledNanos);
  }

  /** True if something went either way since the server last answered that it is there. */
  boolean isWaiting() {
    return association.isUncertain();
  }

  /** Time from an echo to its answer, the last time; 0 before the first. */
  Duration roundTrip() {
    return Duration.ofNanos(association.roundTripNanos());
  }

  /** How it stands, for {@code status}. */
  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.number("associationAgeSeconds", association.age().toSeconds()));
    facts.add(Fact.number("silentMillis", silence().toMillis()));
    if (association.roundTripNanos() > 0) {
      facts.add(Fact.number("roundTripMicros", association.roundTripNanos() / NANOS_PER_MICRO));
    }
    return facts;
  }

  /** Asks for a sign of life. */
  void callOut() {
    calledNanos = System.nanoTime();
    association.callOut();
  }

  /** Passes on what came with the end of the handshake. */
  void feedLeftover() {
    transport.feed(association::feedLeftover);
  }

  /**
   * Goes on from another address if the way to the server leaves from there now.
   *
   * @return true if it did
   * @throws IOException if there is no way to the server now
   */
  boolean follow() throws IOException {
    UdpSocket next = UdpSocket.connect(server);
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(next);
      if (next.localAddress().getAddress().equals(source)) {
        return false;
      }
      UdpTransport over = UdpTransport.open(parts.loop, next, association, parts.end, parts.tooBig);
      onFailure.handOver();
      association.leaveBy(next);
      parts.end.replace(transport, over);
      transport.close();
      parts.tally.socketClosed(socket.losses());
      parts.tally.associations.count("moved");
      socket.close();
      transport = over;
      socket = next;
      source = next.localAddress().getAddress();
      return true;
    }
  }

  /** Whether IP may fragment its datagrams. */
  void fragmentation(Fragmentation allowed) throws IOException {
    socket.fragmentation(allowed);
  }

  /** Datagrams that the kernel refused on the socket of now, by the name of the error. */
  Map<String, Long> losses() {
    return socket.losses();
  }

  @Override
  public void close() throws IOException {
    parts.tally.closing(this);
    parts.end.forget(transport);
    transport.close();
    try (UdpSocket _ = socket) {
      association.close();
    }
  }
}
