package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.udp.Arrival;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.transport.PacketSink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server and a client whose session of version 2 is established. From then on the loop rests and
 * nobody reads the sockets: the caller's thread hands datagrams in, and answers are lost.
 */
public final class EstablishedPair implements PacketSink {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int PATH_MTU = 1280;
  private static final Lifetime FOR_EVER = new Lifetime(Long.MAX_VALUE, Duration.ofDays(3650));

  private final DatagramTrain train = new DatagramTrain();
  private final List<byte[]> packets = new ArrayList<>();
  private final ServerAssociations server;
  private final ClientAssociation client;
  private final UdpPeer home;
  private final UdpPeer stranger;

  private EstablishedPair(Identity clientKey, Identity serverKey)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    EventLoop loop = EventLoop.start("fuzz");
    InetAddress here = InetAddress.getLoopbackAddress();
    UdpSocket serverSocket = UdpSocket.bind(here, 0);
    UdpSocket clientSocket = UdpSocket.connect(serverSocket.localAddress());
    home = UdpPeer.of(clientSocket.localAddress());
    stranger = UdpPeer.of(new InetSocketAddress("127.0.0.9", 9)); // discard
    Token token = Token.random();
    server =
        new ServerAssociations(
            loop, serverSocket, serverKey, clientKey.pin(), PATH_MTU, new Listener(), FOR_EVER);
    loop.call(() -> server.open(here, token));
    Watch atServer = loop.watch(serverSocket.fd(), new Reader(serverSocket, true));
    loop.execute(() -> atServer.reading(true));
    client =
        ClientAssociation.begin(
            loop,
            clientSocket,
            UdpPeer.of(serverSocket.localAddress()),
            clientKey,
            serverKey.pin(),
            Optional.of(token),
            FOR_EVER,
            PATH_MTU,
            DEADLINE);
    Watch atClient = loop.watch(clientSocket.fd(), new Reader(clientSocket, false));
    loop.execute(() -> atClient.reading(true));
    client.ready().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    loop.call(() -> {
      atServer.close();
      atClient.close();
    });
  }

  /** Shakes hands. */
  public static EstablishedPair make(Identity client, Identity server) {
    try {
      return new EstablishedPair(client, server);
    } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What comes out of the server for a datagram of the client's address, or of another. */
  public List<byte[]> toServer(byte[] datagram, boolean fromStranger) {
    packets.clear();
    if (datagram.length > 0) {
      server.received(Arrival.in(train, fromStranger ? stranger : home, datagram), this);
    }
    return List.copyOf(packets);
  }

  /** What comes out of the client for a datagram. */
  public List<byte[]> toClient(byte[] datagram) {
    packets.clear();
    if (datagram.length > 0) {
      client.received(Arrival.in(train, client.peer(), datagram), this);
    }
    return List.copyOf(packets);
  }

  /** What the client would send. */
  public byte[] sealByClient(byte[] plaintext) {
    return sealed(Objects.requireNonNull(client.current(), "the client's is gone"), plaintext);
  }

  /** What the server would send. */
  public byte[] sealByServer(byte[] plaintext) {
    return sealed(Objects.requireNonNull(server.current(), "the server's is gone"), plaintext);
  }

  private static byte[] sealed(Association association, byte[] plaintext) {
    byte[] record = new byte[plaintext.length + association.overhead()];
    association.seal(plaintext, 0, plaintext.length, record, 0);
    return record;
  }

  /** True if the server sends to the client's address. */
  public boolean isAtHome() {
    return home.equals(server.peer());
  }

  /** Handshakes under way at the server. */
  public int handshakes() {
    return server.handshakes();
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    packets.add(Arrays.copyOfRange(bytes, at, at + length));
  }

  /** Reads one of the sockets while the session is being made. */
  private final class Reader implements Ready {
    private final UdpSocket socket;
    private final boolean atServer;

    Reader(UdpSocket socket, boolean atServer) {
      this.socket = socket;
      this.atServer = atServer;
    }

    @Override
    public void readable() throws IOException {
      while (socket.receive(train)) {
        if (atServer) {
          server.received(train, EstablishedPair.this);
        } else {
          client.received(train, EstablishedPair.this);
        }
      }
    }
  }

  private final class Listener implements ServerAssociations.Listener {
    @Override
    public void leftover() {
      server.feedLeftover(EstablishedPair.this);
    }
  }
}
