package dev.teletun.dtls.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AlpnTest {
  private static final List<String> SPOKEN =
      List.of(ControlTls.VERSION_2, ControlTls.VERSION_2_DATA);
  private static final byte[] GREETING = "hello".getBytes(US_ASCII);

  private TestKeys client;
  private TestKeys server;
  private ServerSocket listener;

  @BeforeEach
  void listen() throws Exception {
    client = TestKeys.make("client", Kind.P256);
    server = TestKeys.make("server", Kind.P256);
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stopListening() throws Exception {
    listener.close();
  }

  private CompletableFuture<String> serve(List<String> spoken) {
    return CompletableFuture.supplyAsync(() -> {
      try (SSLSocket socket =
          ControlTls.server(listener.accept(), server.identity(), client.pin(), spoken)) {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(GREETING);
        return ControlTls.agreed(socket);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private SSLSocket dial(List<String> offered) throws IOException {
    Socket connected = new Socket(listener.getInetAddress(), listener.getLocalPort());
    SSLSocket socket = ControlTls.client(connected, client.identity(), server.pin(), offered);
    socket.setSoTimeout(10_000);
    return socket;
  }

  @ParameterizedTest
  @CsvSource({
    "teletun/2, teletun/2",
    "teletun-data/2, teletun-data/2",
    "h2 teletun-data/2 teletun/2, teletun/2",
    "teletun/3 teletun/2, teletun/2",
    "teletun/3, ''",
    "h2 http/1.1, ''",
    "'', ''"
  })
  void bothSidesKnowWhatTheyAgreedOn(String offered, String agreed) throws Exception {
    var served = serve(SPOKEN);
    List<String> names = Arrays.stream(offered.split(" ")).filter(n -> !n.isEmpty()).toList();

    try (SSLSocket socket = dial(names)) {
      assertThat(socket.getInputStream().readNBytes(GREETING.length)).isEqualTo(GREETING);
      assertThat(ControlTls.agreed(socket)).isEqualTo(agreed);
    }
    assertThat(served.get()).isEqualTo(agreed);
  }

  @Test
  void aServerOfVersion1AgreesOnVersion1() throws Exception {
    var served = serve(List.of());

    try (SSLSocket socket = dial(SPOKEN)) {
      assertThat(socket.getInputStream().readNBytes(GREETING.length)).isEqualTo(GREETING);
      assertThat(ControlTls.agreed(socket)).isEmpty();
    }
    assertThat(served.get()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'h2,http/1.1', No ALPN negotiated", "'h2,teletun/2', ALPN protocol: teletun/2"})
  void opensslSeesTheSame(String offered, String seen) throws Exception {
    var served = serve(SPOKEN);

    try (Tool openssl =
        Tool.start(
            "openssl",
            "s_client",
            "-alpn",
            offered,
            "-connect",
            "127.0.0.1:" + listener.getLocalPort(),
            "-cert",
            client.certificate().toString(),
            "-key",
            client.privateKey().toString())) {
      openssl.awaitOutput(seen);
      openssl.awaitOutput("hello");
    }
    assertThat(served.get()).isEqualTo(seen.startsWith("No") ? "" : ControlTls.VERSION_2);
  }

  @ParameterizedTest
  @CsvSource({"teletun/2", "''"})
  void aClientRefusesANameThatItHasNotOffered(String offered) throws Exception {
    var served =
        CompletableFuture.runAsync(() -> AlienServer.serve(listener, server, "teletun-data/2"));

    try (SSLSocket socket = dial(offered.isEmpty() ? List.of() : List.of(offered))) {
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(IOException.class)
          .hasMessageMatching("(?s).*(ALPN|application_layer_protocol|extension).*");
    }
    assertThatThrownBy(served::get).hasCauseInstanceOf(UncheckedIOException.class);
  }

  @Test
  void nothingIsAgreedBeforeTheHandshake() throws Exception {
    try (SSLSocket socket = dial(SPOKEN)) {
      assertThatIllegalStateException().isThrownBy(() -> ControlTls.agreed(socket));
    }
  }
}
