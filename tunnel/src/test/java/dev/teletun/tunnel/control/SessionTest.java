package dev.teletun.tunnel.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.dtls.control.PeerNotTrustedException;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.protocol.control.AddressList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SessionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> clientLeft = new CompletableFuture<>();
  private @TempDir Path keys;
  private Identity server;
  private Identity client;
  private @Nullable ServerListener listener;

  @BeforeEach
  void makeKeys() throws Exception {
    KeySet.generate(keys, false);
    server = Identity.load(keys.resolve("server.key"), keys.resolve("server.pub"));
    client = Identity.load(keys.resolve("client.key"), keys.resolve("client.pub"));
  }

  @AfterEach
  void closeListener() throws IOException {
    if (listener != null) {
      listener.close();
    }
  }

  @Test
  void tellsTheClientItsAddressesAndStaysOpenUntilItLeaves() throws Exception {
    listen(this::greet);

    ClientSession session = dial(client, server.pin());

    assertThat(session.addresses().format())
        .isEqualTo(AddressList.parse("10.0.2.7\nfd00::7").format());
    assertThat(session.resolvConf()).isEqualTo("nameserver 10.96.0.10\n");
    CompletableFuture<Void> ended = run(session);
    assertThat(clientLeft).isNotDone();
    session.close();
    assertThat(clientLeft).succeedsWithin(5, SECONDS);
    assertThat(ended).succeedsWithin(5, SECONDS);
  }

  @Test
  void endsWithAReasonWhenTheServerCloses() throws Exception {
    CompletableFuture<ServerSession> served = new CompletableFuture<>();
    listen(session -> {
      served.complete(session);
      greet(session);
    });
    ClientSession session = dial(client, server.pin());

    served.join().close();

    assertThat(run(session))
        .failsWithin(5, SECONDS)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withMessageContaining("control connection");
  }

  @Test
  void leavesInOrderAlsoWhenTheServerHasGoneFirst() throws Exception {
    CompletableFuture<ServerSession> served = new CompletableFuture<>();
    listen(session -> {
      served.complete(session);
      greet(session);
    });
    ClientSession session = dial(client, server.pin());
    served.join().close();
    assertThat(run(session)).failsWithin(5, SECONDS);
    session.drop();

    assertThatCode(session::close).doesNotThrowAnyException();
  }

  @Test
  void saysThatTheSlotIsBusyWhenTheServerClosesWithoutAWord() throws Exception {
    listen(session -> {});

    assertThatExceptionOfType(SlotBusyException.class)
        .isThrownBy(() -> dial(client, server.pin()))
        .withMessageContaining("another client");
  }

  @Test
  void refusesAServerWithAnotherKey() throws Exception {
    listen(this::greet);

    assertThatExceptionOfType(PeerNotTrustedException.class)
        .isThrownBy(() -> dial(client, client.pin()));
  }

  @Test
  void learnsThatTheServerRefusesItsKey() throws Exception {
    listen(this::greet);

    assertThatExceptionOfType(PeerNotTrustedException.class)
        .isThrownBy(() -> dial(server, server.pin()));
  }

  @Test
  void givesUpOnAServerThatSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(silent.getInetAddress(), silent.getLocalPort());

      assertThatIOException()
          .isThrownBy(() ->
              ClientSession.dial(
                  new Socket(), address, client, server.pin(), Duration.ofMillis(300)))
          .withMessageContaining("did not answer within");
    }
  }

  @Test
  void hangsUpOnAClientThatDripsItsHandshake() throws Exception {
    listen(this::greet);
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port())) {
      slow.getOutputStream().write(22);

      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(log.poll(10, SECONDS)).contains("ended");
  }

  @Test
  void saysNothingOfOneWhoOnlyLooksWhetherThePortAnswers() throws Exception {
    listen(this::greet);

    connectFrom("127.0.0.2").close();
    try (Socket stranger = connectFrom("127.0.0.3")) {
      stranger.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));

      assertThat(log.poll(10, SECONDS)).contains("127.0.0.3").contains("ended");
    }
  }

  @Test
  void letsTheClientInWhileOthersHoldEveryHandshake() throws Exception {
    listen(this::greet);
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * HalfOpen.MOST; i++) {
        silent.add(connectFrom("127.0.0.2"));
      }
      Socket slow = connectFrom("127.0.0.3"); // another client, on a long way
      silent.add(slow);
      silent.add(connectFrom("127.0.0.2"));

      ClientSession session = dial(client, server.pin());

      assertThat(session.addresses().ipv4()).isPresent();
      session.close();
      slow.setSoTimeout(200);
      assertThatExceptionOfType(SocketTimeoutException.class)
          .as("a network with one connection keeps it")
          .isThrownBy(() -> slow.getInputStream().read());
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  private Socket connectFrom(String address) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port(), InetAddress.ofLiteral(address), 0);
  }

  private void greet(ServerSession session) throws IOException {
    session.greet(AddressList.parse("10.0.2.7\nfd00::7"), "nameserver 10.96.0.10\n");
    session.awaitEnd();
    clientLeft.complete(null);
  }

  private void listen(ServerListener.Handler handler) throws IOException {
    listener = ServerListener.open(0, server, client.pin(), handler, log::add);
  }

  private ClientSession dial(Identity own, Pin pin) throws IOException {
    return ClientSession.dial(
        new Socket(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port()),
        own,
        pin,
        PATIENCE);
  }

  private static CompletableFuture<Void> run(ClientSession session) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            session.run(_ -> {});
            ended.complete(null);
          } catch (IOException e) {
            ended.completeExceptionally(e);
          }
        });
    return ended;
  }

  private int port() {
    return Objects.requireNonNull(listener).port();
  }
}
