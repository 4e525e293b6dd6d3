package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServerAssociationsTest {
  private final CloseStack owned = new CloseStack();
  private @TempDir Path directory;
  private Keys keys;
  private EventLoop loop;
  private LoopbackServer server;

  @BeforeEach
  void startServer() throws IOException {
    keys = Keys.in(directory);
    loop = owned.own(EventLoop.start("server-associations-test"));
    server = owned.own(new LoopbackServer(loop, keys));
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void sendsNothingBeforeTheClientsFirstRecord() throws Exception {
    server.open();
    LoopbackClient client = client().established();
    Eventually.holds("the server's side", () -> server.associated.size() == 1);

    assertThat(server.maySend()).isFalse();
    client.send("first");
    Eventually.holds("the first record", () -> server.packets.contains("first"));

    assertThat(server.maySend()).isTrue();
    server.send("answer");
    Eventually.holds("the answer", () -> client.packets.contains("answer"));
  }

  @Test
  void takesAnEmptyRecordForASignOfLifeAndNoPacket() throws Exception {
    server.open();
    LoopbackClient client = talking("first");
    long before = server.associations.heardNanos();

    client.send("");

    Eventually.holds("the sign", () -> server.associations.heardNanos() - before > 0);
    client.send("last");
    Eventually.holds("the last packet", () -> server.packets.contains("last"));
    assertThat(server.packets).containsExactly("first", "last");
  }

  @Test
  void answersNothingWhileNoSessionIsOpen() throws Exception {
    LoopbackClient client = client();
    Eventually.holds("a hello", () -> server.datagrams.get() >= 2); // it repeats itself

    assertThat(client.isEstablished()).isFalse();
    assertThat(server.handshakes()).isZero();
    assertThat(server.associations.strangers()).isGreaterThanOrEqualTo(2);
    try (DatagramSocket asking = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Caller caller = stalled()) {
      Eventually.holds("its hello", () -> !caller.sent.isEmpty());
      byte[] bytes = caller.sent.getFirst();
      asking.send(new DatagramPacket(bytes, bytes.length, server.address()));
      asking.setSoTimeout(200);
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> asking.receive(new DatagramPacket(new byte[2048], 2048)));
    }

    server.open();
    client.established();
  }

  @Test
  void keepsTheAssociationUntilANewerHandshakeHasFinished() throws Exception {
    server.open();
    LoopbackClient first = talking("first");
    owned.own(stalled());
    Eventually.holds("an unfinished handshake", () -> server.handshakes() == 1);
    first.send("still here");
    Eventually.holds("the old one's packet", () -> server.packets.contains("still here"));

    LoopbackClient second = talking("second");

    assertThat(server.associated)
        .containsExactly(
            UdpPeer.of(first.socket.localAddress()), UdpPeer.of(second.socket.localAddress()));
    first.send("too late");
    second.send("now me");
    Eventually.holds("the new one's packet", () -> server.packets.contains("now me"));
    assertThat(server.packets).doesNotContain("too late");
    server.send("answer");
    Eventually.holds("an answer to the new one", () -> second.packets.contains("answer"));
    assertThat(first.packets).isEmpty();
  }

  @Test
  void takesACookieFromNoOtherAddressThanItWasMadeFor() throws Exception {
    server.open();
    Caller caller = owned.own(stalled());
    Eventually.holds("its handshake", () -> server.handshakes() == 1);
    byte[] withCookie = caller.sent.getLast();
    int before = server.datagrams.get();
    try (DatagramSocket thief = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      thief.send(new DatagramPacket(withCookie, withCookie.length, server.address()));
      Eventually.holds("the stolen cookie", () -> server.datagrams.get() > before);
    }

    assertThat(server.handshakes()).isEqualTo(1);
  }

  @Test
  void runsFewHandshakesAtOnce() throws Exception {
    server.open();
    for (int i = 0; i < 6; i++) {
      owned.own(stalled());
    }
    Eventually.holds("all hellos", () -> server.datagrams.get() >= 12);

    assertThat(server.handshakes()).isEqualTo(4);
  }

  @Test
  void forgetsTheSessionsAssociationWhenItEnds() throws Exception {
    server.open();
    LoopbackClient client = talking("during");

    server.endSession();
    int before = server.datagrams.get();
    client.send("after");
    Eventually.holds("the late datagram", () -> server.datagrams.get() > before);

    assertThat(server.maySend()).isFalse();
    assertThat(server.packets).containsExactly("during");
  }

  private LoopbackClient client() throws IOException {
    return owned.own(new LoopbackClient(loop, keys, server.address()));
  }

  /** Somebody who proves his address by the cookie, and then falls silent. */
  private Caller stalled() throws IOException {
    return Caller.stall(
        InetAddress.getLoopbackAddress(), server.address(), keys.client(), keys.server().pin());
  }

  /** A client whose first packet has arrived. */
  private LoopbackClient talking(String packet) throws Exception {
    LoopbackClient client = client().established();
    Eventually.holds(
        "the server's side",
        () -> server.associated.contains(UdpPeer.of(client.socket.localAddress())));
    client.send(packet);
    Eventually.holds("the first packet", () -> server.packets.contains(packet));
    return client;
  }
}
