package dev.teletun.client.cluster.reach;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.access.HttpsStub;
import dev.teletun.client.cluster.access.StubApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ForwardSocketTest {
  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 6443);
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int MESSAGE = 10_000;
  private static final int MUCH = 6_400 * MESSAGE;
  // What the kernel's buffers on both sides and the HTTP client may hold between them.
  private static final int BETWEEN = MUCH / 4;

  @TempDir Path directory;
  private WebSocketPeer peer;
  private ForwardSocket socket;

  @BeforeEach
  void listen() throws IOException {
    peer = WebSocketPeer.plain();
    socket = to(StubApiServer.kubeconfig(directory, peer.url()));
  }

  private void listenByTls() throws Exception {
    close();
    peer = WebSocketPeer.tls(HttpsStub.context(directory, "ip:127.0.0.1"));
    socket =
        to(
            StubApiServer.kubeconfig(
                directory, peer.url(), "insecure-skip-tls-verify: true", "token: secret-token"));
  }

  private static ForwardSocket to(Path kubeconfig) {
    ClusterChoice choice =
        new ClusterChoice(Optional.of(kubeconfig), Optional.empty(), Optional.empty());
    return new ForwardSocket(new PodPort(choice, "shop", "ext", 7000));
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    peer.close();
  }

  @Test
  void asksForThePortWithTheUsersCredentials() throws Exception {
    connect();

    assertThat(peer.request())
        .contains(
            "GET /api/v1/namespaces/shop/pods/ext/portforward?ports=7000 HTTP/1.1",
            "Sec-WebSocket-Protocol: v4.channel.k8s.io",
            "Authorization: Bearer secret-token");
  }

  @Test
  void carriesBytesBothWaysWithoutChannelsAndPorts() throws Exception {
    connect();
    peer.begin(7000);
    peer.say(data("hel"));
    peer.say(data("lo"));

    assertThat(socket.getInputStream().readNBytes(5)).asString(UTF_8).isEqualTo("hello");
    socket.getOutputStream().write("world".getBytes(UTF_8));
    assertThat(peer.hear()).isEqualTo(data("world"));
  }

  @Test
  void splitsWhatIsTooLongForAMessageAndKeepsItsOrder() throws Exception {
    connect();
    byte[] much = new byte[100_000];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) (i / 251);
    }

    socket.getOutputStream().write(much);

    int at = 0;
    while (at < much.length) {
      byte[] message = peer.hear();
      assertThat(message.length).isLessThanOrEqualTo(16 * 1024 + 1);
      for (int i = 1; i < message.length; i++) {
        assertThat(message[i]).isEqualTo(much[at]);
        at++;
      }
    }
  }

  @Test
  void saysWhatTheClusterSaysWentWrongAfterAllThatArrived() throws Exception {
    connect();
    peer.begin(7000);
    peer.say(data("last"));
    peer.say("\1connection refused inside namespace of pod".getBytes(UTF_8));

    assertThat(socket.getInputStream().readNBytes(4)).asString(UTF_8).isEqualTo("last");
    assertThatExceptionOfType(ForwardEndedException.class)
        .isThrownBy(socket.getInputStream()::read)
        .withMessage(
            "the port-forward to port 7000 of pod shop/ext ended: the cluster says: connection refused inside namespace of pod");
  }

  @Test
  void endsForReaderAndWriterWhenTheApiServerClosesIt() throws Exception {
    connect();
    peer.begin(7000);
    peer.sayClose(1001);

    assertThatExceptionOfType(ForwardEndedException.class)
        .isThrownBy(socket.getInputStream()::read)
        .withMessageContaining("the API server closed it (1001");
    assertThatExceptionOfType(ForwardEndedException.class)
        .isThrownBy(() -> socket.getOutputStream().write(1));
  }

  @Test
  void endsWhenTheConnectionBreaks() throws Exception {
    connect();
    peer.begin(7000);
    peer.close();

    assertThatExceptionOfType(ForwardEndedException.class)
        .isThrownBy(socket.getInputStream()::read)
        .withMessageContaining("ended: the ");
  }

  @Test
  void closingWakesWhoReads() throws Exception {
    connect();
    CompletableFuture<Void> woken =
        CompletableFuture.runAsync(() ->
            assertThatExceptionOfType(ForwardEndedException.class)
                .isThrownBy(socket.getInputStream()::read));

    socket.close();

    woken.get(10, SECONDS);
  }

  @Test
  void readingGivesUpAfterItsTime() throws Exception {
    connect();
    socket.setSoTimeout(50);

    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(socket.getInputStream()::read);
  }

  @ParameterizedTest(name = "TLS: {0}")
  @ValueSource(booleans = {false, true})
  void takesNoMoreThanItsReaderMakesRoomFor(boolean tls) throws Exception {
    if (tls) {
      listenByTls();
    }
    connect();
    peer.begin(7000);
    AtomicInteger said = new AtomicInteger();
    Thread speaker = Thread.ofPlatform().daemon().start(() -> sayMuch(said));

    for (int read = 0; read < MUCH; ) {
      awaitFull(speaker);
      assertThat(socket.getInputStream().available()).isLessThan(ForwardStream.LIMIT + MESSAGE);
      assertThat(said.get() - read).isLessThan(BETWEEN);
      int size = Math.min(ForwardStream.LIMIT, MUCH - read);
      read += socket.getInputStream().readNBytes(size).length;
    }
    speaker.join();
  }

  @Test
  void aWriterIsLittleAheadOfAPeerThatReadsSlowly() throws Exception {
    connect();
    AtomicInteger written = new AtomicInteger();
    Thread writer = Thread.ofPlatform().daemon().start(() -> writeMuch(written));

    for (int heard = 0; heard < MUCH; ) {
      awaitBlocked(writer);
      assertThat(written.get() - heard).isLessThan(BETWEEN);
      for (int i = 0; i < 100; i++) {
        assertThat(peer.hear()).hasSize(1 + MESSAGE);
        heard += MESSAGE;
      }
    }
    writer.join();
  }

  @Test
  void isRefusedWithTheRightThatIsMissing() throws Exception {
    CompletableFuture<Void> refusal =
        serve(() -> {
          peer.acceptUnanswered();
          peer.answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        });

    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> socket.connect(ANYWHERE, PATIENCE_MILLIS))
        .withMessageContaining("kubectl auth can-i create pods/portforward -n shop")
        .matches(ClusterException::refused);
    refusal.get(10, SECONDS);
  }

  @Test
  void givesUpOnAnApiServerThatDoesNotAnswer() {
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> socket.connect(ANYWHERE, 200));
  }

  @Test
  void isNotConnectedOnceItWasClosed() throws Exception {
    socket.close();

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> socket.connect(ANYWHERE, PATIENCE_MILLIS))
        .withMessage("closed");
  }

  private void connect() throws Exception {
    CompletableFuture<Void> accepted = serve(peer::accept);
    socket.connect(ANYWHERE, PATIENCE_MILLIS);
    accepted.get(10, SECONDS);
  }

  private interface Step {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> serve(Step step) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            step.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        Executors.newVirtualThreadPerTaskExecutor());
  }

  private void sayMuch(AtomicInteger said) {
    try {
      byte[] message = new byte[1 + MESSAGE];
      while (said.get() < MUCH) {
        peer.say(message);
        said.addAndGet(MESSAGE);
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  private void writeMuch(AtomicInteger written) {
    try {
      byte[] bytes = new byte[MESSAGE];
      while (written.get() < MUCH) {
        socket.getOutputStream().write(bytes);
        written.addAndGet(MESSAGE);
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  /** Until so much waits for the reader that no more is asked for, or nothing more is said. */
  private void awaitFull(Thread speaker) throws Exception {
    while (speaker.isAlive() && socket.getInputStream().available() < ForwardStream.LIMIT / 2) {
      Thread.sleep(1);
    }
  }

  /** Until what was written cannot be sent, or nothing more is written. */
  private void awaitBlocked(Thread writer) throws IOException {
    while (writer.isAlive() && socket.await(Duration.ofMillis(1))) {
      Thread.onSpinWait();
    }
  }

  private static byte[] data(String text) {
    return ("\0" + text).getBytes(UTF_8);
  }
}
