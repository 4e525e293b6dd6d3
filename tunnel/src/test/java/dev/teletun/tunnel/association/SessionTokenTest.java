package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Associations of version 2: let in by a token, replaced without a gap. */
@Timeout(60)
class SessionTokenTest {
  private final CloseStack owned = new CloseStack();
  private final Token token = Token.random();
  private @TempDir Path directory;
  private Keys keys;
  private EventLoop loop;
  private LoopbackServer server;

  @BeforeEach
  void startServer() throws IOException {
    keys = Keys.in(directory);
    loop = owned.own(EventLoop.start("session-token-test"));
    server = owned.own(new LoopbackServer(loop, keys));
    server.open(token);
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void letsTheRightTokenIn() throws Exception {
    LoopbackClient client = client(token).ready();

    client.send("Ready");
    Eventually.holds("the packet", () -> server.packets.contains("Ready"));
    server.send("Answer");
    Eventually.holds("the answer", () -> client.packets.contains("Answer"));
    assertThat(server.associated).containsExactly(UdpPeer.of(client.address()));
  }

  @Test
  void takesAndSendsNothingOnAnAssociationWithAnotherToken() throws Exception {
    LoopbackClient stranger = client(Token.random()).established();

    stranger.send("Stranger");
    Eventually.holds("wrong tokens", () -> server.wrongTokens() > 1); // it repeats itself

    assertThat(server.packets).isEmpty();
    assertThat(server.maySend()).isFalse();
    assertThat(stranger.isReady()).isFalse();
  }

  @Test
  void stillOpensTheOldAssociationOnceTheNewOneIsInForce() throws Exception {
    LoopbackClient old = client(token).ready();
    LoopbackClient next = client(token).ready();

    old.send("Late");
    next.send("New");
    Eventually.holds(
        "both", () -> server.packets.contains("New") && server.packets.contains("Late"));
    server.send("Answer");

    Eventually.holds("the answer", () -> next.packets.contains("Answer"));
    assertThat(old.packets).isEmpty();
  }

  @Test
  void keepsAssociationsWhenTheSessionGoesOnAndEndsThemWhenAnotherBegins() throws Exception {
    LoopbackClient client = client(token).ready();

    server.open(token);
    assertThat(server.maySend()).isTrue();
    client.send("On");
    Eventually.holds("the packet", () -> server.packets.contains("On"));

    server.open(Token.random());
    assertThat(server.maySend()).isFalse();
    Eventually.holds("the farewell", client::isOver);
  }

  @Test
  void followsTheClientOnItsNewestRecordOnly() throws Exception {
    LoopbackClient client = client(token).ready();
    byte[] old = client.record("Old");
    client.send("Before");
    Eventually.holds("the packet", () -> server.packets.contains("Before"));

    try (DatagramSocket elsewhere = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      send(elsewhere, old);
      Eventually.holds("the late packet", () -> server.packets.contains("Old"));
      assertThat(server.moved).isEmpty();
      byte[] newest = client.record("Newest");
      send(elsewhere, newest);
      Eventually.holds("the newest packet", () -> server.packets.contains("Newest"));

      assertThat(server.moved)
          .containsExactly(UdpPeer.of((InetSocketAddress) elsewhere.getLocalSocketAddress()));
      client.sendRaw(newest); // from where it was, but not for the first time
      client.send("Back");
      Eventually.holds("a move back", () -> server.moved.size() == 2);
    }
  }

  private void send(DatagramSocket from, byte[] datagram) throws IOException {
    from.send(new DatagramPacket(datagram, datagram.length, server.address()));
  }

  @Test
  void answersAnEcho() throws Exception {
    LoopbackClient client = client(token).ready();

    assertThat(client.echo()).isTrue();
  }

  private LoopbackClient client(Token with) throws IOException {
    return owned.own(new LoopbackClient(loop, keys, server.address(), Optional.of(with)));
  }
}
