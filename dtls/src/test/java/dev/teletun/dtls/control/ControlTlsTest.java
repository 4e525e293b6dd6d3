package dev.teletun.dtls.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.teletun.dtls.control.PeerNotTrustedException.Side;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ControlTlsTest {
  private static final int TIMEOUT_MILLIS = 10_000;

  @TempDir private Path directory;
  private ServerSocket listener;

  @BeforeEach
  void listen() throws Exception {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stopListening() throws Exception {
    listener.close();
  }

  private interface Dialogue {
    String with(SSLSocket socket) throws IOException;
  }

  private CompletableFuture<String> serve(Identity own, TestKeys peer, Dialogue dialogue) {
    return CompletableFuture.supplyAsync(() -> {
      try (SSLSocket socket = ControlTls.server(listener.accept(), own, peer.pin())) {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return dialogue.with(socket);
      } catch (IOException e) {
        throw new CompletionException(ControlTls.explain(e));
      }
    });
  }

  private String dial(Identity own, TestKeys peer, Dialogue dialogue) throws IOException {
    Socket connected = new Socket(listener.getInetAddress(), listener.getLocalPort());
    try (SSLSocket socket = ControlTls.client(connected, own, peer.pin())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return dialogue.with(socket);
    } catch (IOException e) {
      throw ControlTls.explain(e);
    }
  }

  private static String say(SSLSocket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    return socket.getSession().getProtocol();
  }

  private static String hear(SSLSocket socket, int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), US_ASCII);
  }

  @ParameterizedTest
  @EnumSource
  void carriesBytesBetweenPinnedPeersWithEveryKindOfKey(Kind kind) throws Exception {
    TestKeys server = TestKeys.make(directory, "server", kind);
    TestKeys client = TestKeys.make(directory, "client", kind);
    var served = serve(server.identity(), client, socket -> say(socket, "10.0.2.7"));

    String heard = dial(client.identity(), server, socket -> hear(socket, 8));

    assertThat(heard).isEqualTo("10.0.2.7");
    assertThat(served.get()).isEqualTo("TLSv1.3");
  }

  @Test
  void theClientRefusesAnotherServerKeyAndTellsIt() throws Exception {
    TestKeys server = TestKeys.make(directory, "server", Kind.P256);
    TestKeys client = TestKeys.make(directory, "client", Kind.P256);
    for (int repetition = 0; repetition < 50; repetition++) {
      var served = serve(server.identity(), client, socket -> say(socket, "hello"));

      assertThatThrownBy(() -> dial(client.identity(), client, socket -> hear(socket, 1)))
          .isInstanceOfSatisfying(
              PeerNotTrustedException.class, e -> assertThat(e.side()).isEqualTo(Side.WE_REFUSED))
          .hasMessageContaining(server.pin().fingerprint())
          .hasMessageContaining(client.pin().fingerprint());
      assertThatThrownBy(served::get)
          .hasCauseInstanceOf(PeerNotTrustedException.class)
          .hasMessageContaining("does not accept our key");
    }
  }

  @Test
  void theClientLearnsFromItsFirstReadThatItsKeyIsRefused() throws Exception {
    TestKeys server = TestKeys.make(directory, "server", Kind.P256);
    TestKeys client = TestKeys.make(directory, "client", Kind.P256);
    for (int repetition = 0; repetition < 50; repetition++) {
      var served = serve(server.identity(), server, socket -> say(socket, "hello"));

      assertThatThrownBy(() -> dial(client.identity(), server, socket -> hear(socket, 1)))
          .isInstanceOfSatisfying(
              PeerNotTrustedException.class,
              e -> assertThat(e.side()).isEqualTo(Side.PEER_REFUSED));
      assertThatThrownBy(served::get).hasMessageContaining("not the pinned one");
    }
  }

  @ParameterizedTest
  @EnumSource
  void servesOpensslWithoutTicketsAndWithoutResumption(Kind kind) throws Exception {
    TestKeys server = TestKeys.make(directory, "server", kind);
    TestKeys client = TestKeys.make(directory, "client", kind);
    var served =
        serve(
            server.identity(),
            client,
            socket -> {
              say(socket, "from-server");
              return hear(socket, 11);
            });

    try (Tool openssl = sClient(client, "-tls1_3")) {
      openssl.awaitOutput("from-server");
      openssl.type("from-client\n");

      assertThat(served.get()).isEqualTo("from-client");
      assertThat(openssl.output()).contains("TLSv1.3").doesNotContain("New Session Ticket");
    }
  }

  @Test
  void refusesOlderVersionsAndClientsWithoutCertificate() throws Exception {
    TestKeys server = TestKeys.make(directory, "server", Kind.P256);
    TestKeys client = TestKeys.make(directory, "client", Kind.P256);

    var olderVersion = serve(server.identity(), client, socket -> say(socket, "10.0.2.7"));
    try (Tool openssl = sClient(client, "-tls1_2")) {
      assertThatThrownBy(olderVersion::get).hasMessageContaining("TLSv1.2");
      assertThat(openssl.exitCode()).isNotZero();
      assertThat(openssl.output()).doesNotContain("10.0.2.7");
    }
    var noCertificate = serve(server.identity(), client, socket -> say(socket, "10.0.2.7"));
    try (Tool openssl =
        Tool.start("openssl", "s_client", "-connect", "127.0.0.1:" + listener.getLocalPort())) {
      assertThatThrownBy(noCertificate::get).hasMessageContaining("certificate");
      openssl.awaitOutput("alert");
      assertThat(openssl.output()).doesNotContain("10.0.2.7");
    }
  }

  private Tool sClient(TestKeys client, String version) throws IOException {
    return Tool.start(
        "openssl",
        "s_client",
        version,
        "-connect",
        "127.0.0.1:" + listener.getLocalPort(),
        "-cert",
        client.certificate().toString(),
        "-key",
        client.privateKey().toString());
  }
}
