package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.tools.Tool;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client and a server of ours, and between them a network of the test's making. */
final class Link implements Closeable {
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final byte[] CLIENT_ADDRESS = {127, 0, 0, 1, 4, 5};

  /** Decides over one datagram; any thread. */
  interface Network {
    /** True if the datagram arrives. */
    boolean carries(boolean fromClient, byte[] datagram);
  }

  /** All that the client and the server tried to send, in order. */
  final List<byte[]> fromClient = new CopyOnWriteArrayList<>();

  final List<byte[]> fromServer = new CopyOnWriteArrayList<>();
  final Peer client;
  final Peer server;

  private final int pathMtu;
  private final Network network;
  private final HelloVerifier verifier = new HelloVerifier(System::nanoTime);
  private final Identity serverIdentity;
  private final Pin serversPin;
  private ConnectionId clientId = ConnectionId.random();
  private ConnectionId serverId = ConnectionId.random();

  Link(Identity serverIdentity, Pin serversPin, Network network) {
    this(serverIdentity, serversPin, 1500, network);
  }

  Link(Identity serverIdentity, Pin serversPin, int pathMtu, Network network) {
    this.pathMtu = pathMtu;
    this.network = network;
    this.serverIdentity = serverIdentity;
    this.serversPin = serversPin;
    this.client = new Peer(this::clientSends);
    this.server = new Peer(this::serverSends);
  }

  /** Both ends trust each other, and the network loses nothing. */
  static Link between(Identity client, Identity server) {
    return between(client, server, (_, _) -> true);
  }

  static Link between(Identity client, Identity server, Network network) {
    Link link = new Link(server, client.pin(), network);
    link.dial(client, server.pin());
    return link;
  }

  /** With other connection IDs than two random ones of 8 bytes; {@code NONE} is none. */
  static Link withIds(ConnectionId client, ConnectionId server, Network network) {
    Link link = new Link(Keys.SERVER, Keys.CLIENT.pin(), network);
    link.clientId = client;
    link.serverId = server;
    link.dial(Keys.CLIENT, Keys.SERVER.pin());
    return link;
  }

  void dial(Identity clientIdentity, Pin clientsPin) {
    client.start(
        Handshake.client(
            clientIdentity, clientsPin, clientId, pathMtu, this::clientSends, DEADLINE));
  }

  private void clientSends(byte[] bytes, int at, int length) {
    byte[] datagram = Arrays.copyOfRange(bytes, at, at + length);
    fromClient.add(datagram);
    if (network.carries(true, datagram)) {
      serverGets(datagram);
    }
  }

  synchronized void serverGets(byte[] datagram) {
    if (server.isStarted()) {
      server.deliver(datagram, 0, datagram.length);
      return;
    }
    verifier
        .verify(CLIENT_ADDRESS, datagram, 0, datagram.length, this::serverSends)
        .ifPresent(hello ->
            server.start(
                Handshake.server(
                    serverIdentity,
                    serversPin,
                    hello,
                    serverId,
                    pathMtu,
                    this::serverSends,
                    DEADLINE)));
  }

  private void serverSends(byte[] bytes, int at, int length) {
    byte[] datagram = Arrays.copyOfRange(bytes, at, at + length);
    fromServer.add(datagram);
    if (network.carries(false, datagram)) {
      client.deliver(datagram, 0, datagram.length);
    }
  }

  /** Waits until both have an association. */
  Link established() throws InterruptedException {
    Tool.await(
        "both handshakes",
        () -> {
          server.pump();
          return client.handshake().result().isDone()
              && server.isStarted()
              && server.handshake().result().isDone();
        });
    assertThat(client.failure()).isNull();
    assertThat(server.failure()).isNull();
    return this;
  }

  /** Sends a packet each way; the client begins, as it must. */
  void exchange() {
    client.send("ping");
    server.pump();
    assertThat(server.packets).endsWith("ping");
    assertThat(server.association().confirmed()).isTrue();
    server.send("pong");
    client.pump();
    assertThat(client.packets).endsWith("pong");
  }

  @Override
  public void close() throws IOException {
    try (server) {
      client.close();
    }
  }
}
