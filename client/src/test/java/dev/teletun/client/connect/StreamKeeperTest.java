package dev.teletun.client.connect;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.Rung;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import dev.teletun.tunnel.control.DataConnection;
import dev.teletun.tunnel.control.ServerListener;
import dev.teletun.tunnel.control.ServerSession;
import dev.teletun.tunnel.transport.Inbox;
import dev.teletun.tunnel.transport.StreamTransport;
import dev.teletun.tunnel.transport.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The connection that is kept ready, to a server on 127.0.0.1 that hangs up. */
@Timeout(30)
class StreamKeeperTest implements StreamKeeper.Listener, Inbox, ServerListener.Handler {
  private final CloseStack owned = new CloseStack();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<DataConnection> accepted = new LinkedBlockingQueue<>();
  private final BlockingQueue<Token> shown = new LinkedBlockingQueue<>();
  private final Token token = Token.random();
  private @TempDir Path keys;
  private Identity server;
  private Identity client;
  private EventLoop loop;
  private ServerListener listener;
  private StreamKeeper keeper;

  @BeforeEach
  void start() throws Exception {
    KeySet.generate(keys, false);
    server = Identity.load(keys.resolve("server.key"), keys.resolve("server.pub"));
    client = Identity.load(keys.resolve("client.key"), keys.resolve("client.pub"));
    loop = owned.own(EventLoop.start("stream-keeper-test"));
    listener = owned.own(ServerListener.open(0, server, client.pin(), this, _ -> {}));
    keeper = owned.own(StreamKeeper.start(loop, client, server.pin(), this, this));
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void dialsNobodyBeforeThereIsASession() throws Exception {
    keeper.networkChanged();

    assertThat(heard.poll(10, SECONDS)).isEqualTo("failed");
    assertThat(accepted).isEmpty();
  }

  @Test
  void showsTheSessionsToken() throws Exception {
    keeper.attached(at(listener), token);

    assertThat(heard.poll(10, SECONDS)).isEqualTo("opened");
    assertThat(shown.poll(10, SECONDS)).isEqualTo(token);
  }

  @Test
  void dialsAgainWhenTheServerHangsUp() throws Exception {
    keeper.attached(at(listener), token);
    assertThat(heard.poll(10, SECONDS)).isEqualTo("opened");

    accepted.take().tcp().close();

    assertThat(heard.poll(10, SECONDS)).isEqualTo("ended");
    assertThat(heard.poll(10, SECONDS)).isEqualTo("opened");
  }

  @Test
  void leavesTheConnectionOfAnotherSession() throws Exception {
    keeper.attached(at(listener), token);
    assertThat(heard.poll(10, SECONDS)).isEqualTo("opened");
    assertThat(shown.poll(10, SECONDS)).isEqualTo(token);
    Token next = Token.random();

    keeper.attached(at(listener), next);

    assertThat(heard.poll(10, SECONDS)).isEqualTo("ended");
    assertThat(heard.poll(10, SECONDS)).isEqualTo("opened");
    assertThat(shown.poll(10, SECONDS)).isEqualTo(next);
  }

  @Test
  void keepsTheConnectionOfTheSameSession() throws Exception {
    keeper.attached(at(listener), token);
    assertThat(heard.poll(10, SECONDS)).isEqualTo("opened");

    keeper.attached(at(listener), token);
    keeper.networkChanged();
    accepted.take().tcp().close();

    assertThat(heard.poll(10, SECONDS)).isEqualTo("ended");
    assertThat(shown).hasSize(1);
  }

  @Test
  void saysThatThereIsNoneWhileNobodyListens() throws Exception {
    Candidate at = at(listener);
    listener.close();
    awaitRefusal(at.tcp());

    keeper.attached(at, token);

    assertThat(heard.poll(10, SECONDS)).isEqualTo("failed");
    assertThat(heard.poll(10, SECONDS)).isEqualTo("failed");
  }

  @Test
  void endsWithTheConnectionThatItHas() throws Exception {
    keeper.attached(at(listener), token);
    assertThat(heard.poll(10, SECONDS)).isEqualTo("opened");

    keeper.close();

    assertThat(heard.poll(10, SECONDS)).isEqualTo("ended");
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(t -> t.getName().equals("stream"));
  }

  /** Looks again and again: the listener's thread may still accept one. */
  private static void awaitRefusal(InetSocketAddress at) throws IOException, InterruptedException {
    while (true) {
      try (Socket _ = new Socket(at.getAddress(), at.getPort())) {
        Thread.sleep(10); // between two looks
      } catch (ConnectException _) {
        return;
      }
    }
  }

  private static Candidate at(ServerListener listener) {
    int port = listener.port();
    return Candidate.direct(Rung.EXPLICIT, "", InetAddress.getLoopbackAddress(), port, port);
  }

  @Override
  public void serve(ServerSession session) {}

  @Override
  public void carry(DataConnection connection) throws IOException {
    shown.add(connection.awaitHello());
    byte[] ack = DataMessage.bare(DataMessage.HELLO_ACK);
    byte[] message = new byte[2 + ack.length];
    message[1] = (byte) ack.length;
    System.arraycopy(ack, 0, message, 2, ack.length);
    connection.tls().getOutputStream().write(message);
    accepted.add(connection);
    while (connection.tls().getInputStream().read() >= 0) {
      // Until one of the two hangs up.
    }
  }

  @Override
  public void opened(StreamTransport next) {
    heard.add("opened");
  }

  @Override
  public void ended(StreamTransport gone) {
    heard.add("ended");
  }

  @Override
  public void failed() {
    heard.add("failed");
  }

  @Override
  public void switched(StreamTransport on, int number, boolean first) {}

  @Override
  public void packet(byte[] bytes, int at, int length) {}

  @Override
  public void begin() {}

  @Override
  public boolean isFull() {
    return false;
  }

  @Override
  public void finish() {}

  @Override
  public void unblocked(Transport transport) {}
}
