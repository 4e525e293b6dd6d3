package dev.teletun.dtls.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.teletun.dtls.control.PeerNotTrustedException.Side;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.tools.Certificates;
import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({"-20, -10", "10, 20", "-10, 10"})
  void looksAtNoDatesOfAPinnedCertificate(int fromDays, int untilDays) throws Exception {
    TestKeys server = oddlyValid("server", fromDays, untilDays);
    TestKeys client = oddlyValid("client", fromDays, untilDays);
    Identity servers = Identity.load(server.privateKey(), server.certificate());
    Identity clients = Identity.load(client.privateKey(), client.certificate());
    var served = serve(servers, client, socket -> say(socket, "10.0.2.7"));

    assertThat(dial(clients, server, socket -> hear(socket, 8))).isEqualTo("10.0.2.7");
    assertThat(served.get()).isEqualTo("TLSv1.3");
  }

  @Test
  void saysWhyAChainIsTooDeep() throws Exception {
    TestKeys server = TestKeys.make(directory, "server", Kind.P256);
    TestKeys client = Certificates.chain(TestKeys.make(directory, "client", Kind.P256), 20, 300);
    var served = serve(server.identity(), client, socket -> say(socket, "10.0.2.7"));

    try (Tool openssl = sClient(client, "-tls1_3")) {
      assertThatThrownBy(served::get)
          .hasMessageContaining("exceeds the maximum allowed length (8)");
      openssl.awaitOutput("alert");
    }
  }

  private TestKeys oddlyValid(String name, int fromDays, int untilDays) throws Exception {
    Instant now = Instant.now();
    return Certificates.valid(
        TestKeys.make(directory, name, Kind.P256),
        now.plus(fromDays, ChronoUnit.DAYS),
        now.plus(untilDays, ChronoUnit.DAYS));
  }

  @Test
  void looksAtNoChainAboveAPinnedCertificate() throws Exception {
    TestKeys server = TestKeys.make(directory, "server", Kind.P256);
    TestKeys client = Certificates.chain(TestKeys.make(directory, "client", Kind.P256), 7, 300);
    var served =
        serve(
            server.identity(),
            client,
            socket ->
                say(
                    socket,
                    "chain of %d".formatted(socket.getSession().getPeerCertificates().length)));

    try (Tool openssl = sClient(client, "-tls1_3")) {
      openssl.awaitOutput("chain of 8"); // openssl sends the first one twice

      assertThat(served.get()).isEqualTo("TLSv1.3");
    }
  }

  @Test
  void refusesCertificatesThatWouldStallTheDataChannelAndSaysSo() throws Exception {
    TestKeys server = TestKeys.make(directory, "server", Kind.P256);
    TestKeys client = TestKeys.make(directory, "client", Kind.P256);
    for (TestKeys large :
        List.of(Certificates.large(client, 12 * 1024), Certificates.chain(client, 7, 1_200))) {
      var served = serve(server.identity(), client, socket -> say(socket, "10.0.2.7"));

      try (Tool openssl = sClient(large, "-tls1_3")) {
        assertThatThrownBy(served::get).hasMessageContaining("bytes of certificates");
        openssl.awaitOutput("alert");
        assertThat(openssl.output()).doesNotContain("10.0.2.7");
      }
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
        "-cert_chain",
        client.certificate().toString(),
        "-key",
        client.privateKey().toString());
  }
}
