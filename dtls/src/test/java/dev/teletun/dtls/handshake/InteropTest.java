package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against OpenSSL and GnuTLS, whose authors have never seen our code. */
@Timeout(60)
class InteropTest {
  @TempDir private Path directory;

  @Test
  void talksToItselfOverUdp() throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        UdpEnd client = UdpEnd.client(server.port(), Keys.CLIENT, Keys.SERVER.pin())) {

      client.sendPacket("hello");

      Tool.await("the echo", () -> client.peer.packets.contains("echo:hello"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void servesOpenssl(Kind kind) throws Exception {
    TestKeys client = TestKeys.make(directory, "client", kind);
    TestKeys own = TestKeys.make(directory, "server", kind);
    try (UdpEnd server = UdpEnd.server(own.identity(), client.pin());
        Tool openssl = sClient(server, client, "-dtls1_2")) {
      openssl.awaitOutput("Verify return code");

      openssl.type("hello\n");

      openssl.awaitOutput("echo:hello");
      assertThat(openssl.output())
          .contains("Extended master secret: yes")
          .containsPattern("Cipher *: ECDHE-(ECDSA|RSA)-AES128-GCM-SHA256")
          .doesNotContain("session ticket");
    }
  }

  @ParameterizedTest
  @EnumSource
  void servesGnutls(Kind kind) throws Exception {
    TestKeys client = TestKeys.make(directory, "client", kind);
    TestKeys own = TestKeys.make(directory, "server", kind);
    try (UdpEnd server = UdpEnd.server(own.identity(), client.pin());
        Tool gnutls = gnutlsCli(server, client)) {
      gnutls.awaitOutput("Handshake was completed");

      gnutls.type("hello\n");

      gnutls.awaitOutput("echo:hello");
    }
  }

  /** OpenSSL 3.0 as a DTLS server finds no cipher for Ed25519, not even with its own client. */
  @ParameterizedTest
  @EnumSource(names = {"P256", "RSA"})
  void dialsOpensslWithACookie(Kind kind) throws Exception {
    TestKeys own = TestKeys.make(directory, "client", kind);
    TestKeys server = TestKeys.make(directory, "server", kind);
    int port = freePort();
    try (Tool openssl =
            Tool.start(
                "openssl",
                "s_server",
                "-dtls1_2",
                "-listen",
                "-accept",
                "127.0.0.1:" + port,
                "-cert",
                server.certificate().toString(),
                "-key",
                server.privateKey().toString(),
                "-Verify",
                "1",
                "-verify_return_error",
                "-CAfile",
                own.certificate().toString());
        UdpEnd client = UdpEnd.client(port, withCertificate(own), server.pin())) {
      client.sendPacket("hello from us\n");
      openssl.awaitOutput("hello from us");

      openssl.type("hello from openssl\n");

      Tool.await("its packet", () -> client.peer.packets.contains("hello from openssl\n"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void dialsGnutls(Kind kind) throws Exception {
    TestKeys own = TestKeys.make(directory, "client", kind);
    TestKeys server = TestKeys.make(directory, "server", kind);
    int port = freePort();
    try (Tool gnutls =
            Tool.start(
                "gnutls-serv",
                "--udp",
                "--echo",
                "--port",
                Integer.toString(port),
                "--mtu",
                "1400",
                "--x509certfile",
                server.certificate().toString(),
                "--x509keyfile",
                server.privateKey().toString(),
                "--require-client-cert");
        UdpEnd client = UdpEnd.client(port, withCertificate(own), server.pin())) {

      client.sendPacket("hello\n");

      Tool.await("the echo in " + gnutls.output(), () -> client.peer.packets.contains("hello\n"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-dtls1 -cipher ALL:@SECLEVEL=0",
        "-dtls1_2 -cipher ECDHE-ECDSA-AES128-SHA256",
        "-dtls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305",
        "-dtls1_2 -cipher eNULL:@SECLEVEL=0",
        "-dtls1_2 -cipher aNULL:@SECLEVEL=0",
        "-dtls1_2 -cipher AES128-GCM-SHA256",
        "-dtls1_2 -cipher DHE-RSA-AES128-GCM-SHA256"
      })
  void refusesADowngradeOfOpenssl(String options) throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool openssl = sClient(server, Keys.CLIENT_FILES, options.split(" "))) {
      Tool.await("a hello", () -> server.peer.isStarted());

      assertThat(server.peer.failure()).isNotNull();
      openssl.awaitOutput("alert");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NORMAL:-VERS-ALL:+VERS-DTLS1.0",
        "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-CIPHER-ALL:+AES-128-CBC",
        "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+RSA",
        "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+ANON-ECDH",
        "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-CIPHER-ALL:+NULL"
      })
  void refusesADowngradeOfGnutls(String priority) throws Exception {
    TestKeys rsa = TestKeys.make(directory, "rsa", Kind.RSA); // a key that could do static RSA
    try (UdpEnd server = UdpEnd.server(withCertificate(rsa), Keys.CLIENT.pin());
        Tool gnutls = gnutlsCli(server, Keys.CLIENT_FILES, "--priority", priority)) {
      Tool.await("a hello", () -> server.peer.isStarted());

      assertThat(server.peer.failure())
          .isNotNull()
          .hasMessageMatching("(?s).*(handshake_failure|protocol_version).*");
      assertThat(gnutls.output()).doesNotContain("Handshake was completed");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-dtls1 -cipher ALL:@SECLEVEL=0",
        "-dtls1_2 -cipher ECDHE-ECDSA-AES128-SHA256",
        "-dtls1_2 -cipher eNULL:@SECLEVEL=0",
        "-dtls1_2 -cipher AES128-GCM-SHA256"
      })
  void refusesAnOpensslServerThatKnowsNothingBetter(String options) throws Exception {
    int port = freePort();
    List<String> command = new ArrayList<>(List.of("openssl", "s_server", "-listen"));
    command.addAll(List.of("-accept", Integer.toString(port)));
    command.addAll(List.of("-cert", Keys.SERVER_FILES.certificate().toString()));
    command.addAll(List.of("-key", Keys.SERVER_FILES.privateKey().toString()));
    command.addAll(List.of(options.split(" ")));
    try (Tool openssl = Tool.start(command.toArray(String[]::new))) {
      openssl.awaitOutput("ACCEPT");
      try (UdpEnd client = UdpEnd.client(port, Keys.CLIENT, Keys.SERVER_FILES.pin())) {
        Throwable failure = client.peer.failure();

        assertThat(failure).as(openssl.output()).isNotNull();
        assertThat(failure)
            .hasMessageMatching("(?s).*(handshake_failure|protocol_version|alert).*");
      }
    }
  }

  /** RFC 6520; GnuTLS is the last that still offers it. */
  @Test
  void agreesOnNoHeartbeat() throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool gnutls = gnutlsCli(server, Keys.CLIENT_FILES, "--heartbeat", "--debug=6")) {
      gnutls.awaitOutput("Handshake was completed");

      assertThat(gnutls.output())
          .containsPattern("(?i)preparing extension \\(heartbeat")
          .doesNotContainPattern("(?i)parsing extension 'heartbeat");
    }
  }

  @Test
  void refusesGnutlsWithoutExtendedMasterSecret() throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool gnutls =
            gnutlsCli(server, Keys.CLIENT_FILES, "--priority", "NORMAL:%NO_SESSION_HASH")) {
      Tool.await("a hello", () -> server.peer.isStarted());

      assertThat(server.peer.failure()).isNotNull().hasMessageContaining("handshake_failure");
      assertThat(gnutls.output()).doesNotContain("Handshake was completed");
    }
  }

  @Test
  void refusesAGnutlsServerWithoutExtendedMasterSecret() throws Exception {
    int port = freePort();
    try (Tool gnutls =
            Tool.start(
                "gnutls-serv",
                "--udp",
                "--echo",
                "--port",
                Integer.toString(port),
                "--x509certfile",
                Keys.SERVER_FILES.certificate().toString(),
                "--x509keyfile",
                Keys.SERVER_FILES.privateKey().toString(),
                "--require-client-cert",
                "--priority",
                "NORMAL:%NO_SESSION_HASH");
        UdpEnd client = UdpEnd.client(port, Keys.CLIENT, Keys.SERVER_FILES.pin())) {

      assertThat(client.peer.failure())
          .as(gnutls.output())
          .isNotNull()
          .hasMessageContaining("handshake_failure");
    }
  }

  @Test
  void refusesAClientWithoutCertificate() throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool _ =
            Tool.start(
                "openssl", "s_client", "-dtls1_2", "-connect", "127.0.0.1:" + server.port())) {
      Tool.await("a hello", () -> server.peer.isStarted());

      assertThat(server.peer.failure()).isNotNull().hasMessageContaining("no certificate");
    }
  }

  @Test
  void doesNotRenegotiate() throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool openssl = sClient(server, Keys.CLIENT_FILES, "-dtls1_2")) {
      openssl.awaitOutput("Verify return code");
      openssl.type("hello\n");
      openssl.awaitOutput("echo:hello");

      openssl.type("R\n");

      Tool.await("its ClientHello", () -> server.peer.association().counters().ignored() > 0);
      assertThat(server.peer.association().peerClosed()).isFalse();
    }
  }

  @Test
  void givesNothingToResume() throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool openssl = sClient(server, Keys.CLIENT_FILES, "-dtls1_2")) {
      openssl.awaitOutput("Extended master secret");

      assertThat(openssl.output())
          .containsPattern("Session-ID: *\n")
          .doesNotContain("TLS session ticket");
    }
  }

  @Test
  void learnsThatOpensslIsGoneByItsAlert() throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool openssl = sClient(server, Keys.CLIENT_FILES, "-dtls1_2")) {
      openssl.awaitOutput("Verify return code");

      openssl.exitCode();

      Tool.await("close_notify", () -> server.peer.association().peerClosed());
    }
  }

  private Tool sClient(UdpEnd server, TestKeys client, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + server.port(),
                "-cert",
                client.certificate().toString(),
                "-key",
                client.privateKey().toString()));
    command.addAll(List.of(options));
    return Tool.start(command.toArray(String[]::new));
  }

  private Tool gnutlsCli(UdpEnd server, TestKeys client, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "gnutls-cli",
                "--udp",
                "--port",
                Integer.toString(server.port()),
                "--mtu",
                "1400",
                "--insecure",
                "--x509certfile",
                client.certificate().toString(),
                "--x509keyfile",
                client.privateKey().toString()));
    command.addAll(List.of(options));
    command.add("127.0.0.1");
    return Tool.start(command.toArray(String[]::new));
  }

  private static Identity withCertificate(TestKeys keys) throws IOException {
    return Identity.load(keys.privateKey(), keys.certificate());
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      return socket.getLocalPort();
    }
  }
}
