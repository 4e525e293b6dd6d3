package dev.teletun.serverexternal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.control.DataConnection;
import dev.teletun.tunnel.control.ServerListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may carry packets over TCP, and for how long. */
@Timeout(30)
class DataOverTcpTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final CloseStack owned = new CloseStack();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Token token = Token.random();
  private @TempDir Path keys;
  private Identity client;
  private Identity server;
  private EventLoop loop;
  private Endpoint endpoint;
  private ServerListener listener;

  @BeforeEach
  void listen() throws Exception {
    KeySet.generate(keys, false);
    server = Identity.load(keys.resolve("server.key"), keys.resolve("server.pub"));
    client = Identity.load(keys.resolve("client.key"), keys.resolve("client.pub"));
    UdpSocket socket = owned.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    loop = owned.own(EventLoop.start("data-over-tcp-test"));
    endpoint = Endpoint.open(loop, socket, server, client.pin(), log::add);
    owned.own(() -> loop.call(endpoint::close));
    Sessions sessions = owned.own(new Sessions(loop, endpoint, log::add));
    listener = owned.own(ServerListener.open(0, server, client.pin(), sessions, log::add));
    begin(token);
  }

  @AfterEach
  void close() throws IOException {
    owned.close();
  }

  @Test
  void letsTheSessionsTokenInAndNoOther() throws IOException {
    dial(token);

    assertThatIOException()
        .isThrownBy(() -> dial(Token.random()))
        .withMessageContaining("closed the connection instead of a first message");
    assertThat(log).anyMatch(line -> line.contains("no session of its token"));
  }

  @Test
  void letsNobodyInWithoutASession() throws IOException {
    loop.call(() -> endpoint.end(token));

    assertThatIOException().isThrownBy(() -> dial(token));
  }

  @Test
  void keepsTheNewestConnectionOnly() throws IOException {
    DataConnection old = dial(token);
    DataConnection next = dial(token);

    assertThat(old.tls().getInputStream().read()).isEqualTo(-1);
    assertThat(next.tcp().isClosed()).isFalse();
    loop.call(() -> endpoint.end(token));
    assertThat(next.tls().getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void endsTheConnectionWhenAnotherSessionBegins() throws IOException {
    DataConnection connection = dial(token);

    begin(Token.random());

    assertThat(connection.tls().getInputStream().read()).isEqualTo(-1);
  }

  private void begin(Token of) throws IOException {
    loop.call(() -> endpoint.begin(of, InetAddress.getLoopbackAddress()));
  }

  private DataConnection dial(Token shown) throws IOException {
    InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port());
    DataConnection connection =
        DataConnection.dial(owned.own(new Socket()), at, client, server.pin(), shown, PATIENCE);
    connection.tcp().setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    return connection;
  }
}
