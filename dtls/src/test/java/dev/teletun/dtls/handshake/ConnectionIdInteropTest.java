package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.tools.Scandium;
import dev.teletun.dtls.tools.Tool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connection IDs against Eclipse Californium's Scandium and BouncyCastle's own record layer.
 * OpenSSL and GnuTLS know none.
 */
@Timeout(60)
class ConnectionIdInteropTest {

  /** {@code peersLength}: -1 knows none, 0 wants none and writes ours. */
  @ParameterizedTest(name = "its ID has {0} bytes")
  @CsvSource({"-1, 37, 0", "0, 37, 8", "1, 39, 8", "8, 46, 8", "32, 70, 8"})
  void servesScandium(int peersLength, int overhead, int ownLength) throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Scandium client = Scandium.client(Keys.CLIENT_FILES, peersLength)) {
      client.send(server.port(), "hello");

      Tool.await("the echo", () -> client.packets.contains("echo:hello"));
      assertForm(server.peer.association(), overhead, ownLength);
    }
  }

  @ParameterizedTest(name = "its ID has {0} bytes")
  @CsvSource({"-1, 37, 0", "0, 37, 8", "1, 39, 8", "8, 46, 8", "32, 70, 8"})
  void dialsScandium(int peersLength, int overhead, int ownLength) throws Exception {
    try (Scandium server = Scandium.server(Keys.SERVER_FILES, peersLength);
        UdpEnd client = UdpEnd.client(server.port(), Keys.CLIENT, Keys.SERVER.pin())) {
      client.sendPacket("hello");

      Tool.await("the echo", () -> client.peer.packets.contains("hello"));
      assertForm(client.peer.association(), overhead, ownLength);
    }
  }

  @ParameterizedTest(name = "its ID has {0} bytes")
  @CsvSource({"-1, 37, 0", "0, 37, 8", "1, 39, 8", "8, 46, 8", "32, 70, 8"})
  void servesBouncyCastle(int peersLength, int overhead, int ownLength) throws Exception {
    Peer[] ours = new Peer[1];
    HelloVerifier verifier = new HelloVerifier(System::nanoTime);
    try (BouncyCastleEnd client =
            BouncyCastleEnd.client(
                Keys.CLIENT,
                id(peersLength),
                (bytes, at, length) -> serve(ours[0], verifier, bytes, at, length));
        Peer server = new Peer(client::deliver)) {
      ours[0] = server;
      client.start();
      Tool.await("a hello from a client that met " + client.failure(), server::isStarted);
      assertThat(server.failure()).isNull();

      Tool.await(
          "its packet",
          () -> {
            server.pump();
            return server.packets.contains("hello");
          });
      server.send("hello to you");
      Tool.await("ours", () -> client.packets.contains("hello to you"));
      assertForm(server.association(), overhead, ownLength);
    }
  }

  private static void serve(Peer server, HelloVerifier verifier, byte[] bytes, int at, int length) {
    if (server.isStarted()) {
      server.deliver(bytes, at, length);
      return;
    }
    verifier
        .verify(new byte[4], bytes, at, length, server.out())
        .ifPresent(hello ->
            server.start(
                Handshake.server(
                    Keys.SERVER, Keys.CLIENT.pin(), hello, 1500, server.out(), Link.DEADLINE)));
  }

  @ParameterizedTest(name = "its ID has {0} bytes")
  @CsvSource({"-1, 37, 0", "0, 37, 8", "1, 39, 8", "8, 46, 8", "32, 70, 8"})
  void dialsBouncyCastle(int peersLength, int overhead, int ownLength) throws Exception {
    Peer[] ours = new Peer[1];
    try (BouncyCastleEnd server =
            BouncyCastleEnd.server(
                Keys.SERVER,
                id(peersLength),
                (bytes, at, length) -> ours[0].deliver(bytes, at, length));
        Peer client = new Peer(server::deliver)) {
      ours[0] = client;
      server.start();
      client.start(
          Handshake.client(Keys.CLIENT, Keys.SERVER.pin(), 1400, client.out(), Link.DEADLINE));
      assertThat(client.failure()).isNull();

      client.pump();
      client.send("hello");

      Tool.await(
          "the echo from a server that met " + server.failure(),
          () -> {
            client.pump();
            return client.packets.contains("hello");
          });
      assertForm(client.association(), overhead, ownLength);
    }
  }

  private static byte @Nullable [] id(int length) {
    return length < 0 ? null : new byte[length];
  }

  private static void assertForm(Association association, int overhead, int ownLength) {
    assertThat(association.overhead()).isEqualTo(overhead);
    assertThat(association.ownConnectionId().length()).isEqualTo(ownLength);
    assertThat(association.counters().malformed()).isZero();
  }
}
