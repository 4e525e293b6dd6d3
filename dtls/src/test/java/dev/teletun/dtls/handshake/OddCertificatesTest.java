package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.dtls.tools.Certificates;
import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates that no administrator would order: control and data channel judge them alike. */
@Timeout(60)
class OddCertificatesTest {
  private static final Duration DAY = Duration.ofDays(1);

  /** What a client of OpenSSL's presents, and whether it gets in. */
  enum Odd {
    EXPIRED(true) {
      @Override
      TestKeys make(TestKeys key) throws Exception {
        Instant now = Instant.now();
        return Certificates.valid(key, now.minus(DAY.multipliedBy(9)), now.minus(DAY));
      }
    },
    NOT_YET_VALID(true) {
      @Override
      TestKeys make(TestKeys key) throws Exception {
        Instant now = Instant.now();
        return Certificates.valid(key, now.plus(DAY), now.plus(DAY.multipliedBy(9)));
      }
    },
    ANOTHER_OF_THE_RIGHT_KEY(true) {
      @Override
      TestKeys make(TestKeys key) throws Exception {
        return new TestKeys(key.privateKey(), key.publicKey(), request(key.privateKey(), "again"));
      }
    },
    THE_RIGHT_KEY_WITH_ITS_CURVE_WRITTEN_OUT(false) {
      @Override
      TestKeys make(TestKeys key) throws Exception {
        Path explicit = beside(key, "explicit.key");
        Tool.run(
            "openssl ec -in %s -out %s -param_enc explicit"
                .formatted(key.privateKey(), explicit)
                .split(" "));
        return new TestKeys(explicit, key.publicKey(), request(explicit, "explicit"));
      }
    },
    ANOTHER_KEY(false) {
      @Override
      TestKeys make(TestKeys key) throws Exception {
        return TestKeys.make("another", Kind.P256);
      }
    },
    TEN_DEEP(false) {
      @Override
      TestKeys make(TestKeys key) throws Exception {
        return Certificates.chain(key, 10, 300);
      }
    },
    SIXTEEN_KIB(false) {
      @Override
      TestKeys make(TestKeys key) throws Exception {
        return Certificates.large(key, 16 << 10);
      }
    };

    final boolean getsIn;

    Odd(boolean getsIn) {
      this.getsIn = getsIn;
    }

    /** The pinned key in this certificate, or what pretends to be it. */
    abstract TestKeys make(TestKeys key) throws Exception;

    static Path beside(TestKeys key, String name) {
      return key.privateKey().resolveSibling(name);
    }

    static Path request(Path key, String name) throws Exception {
      Path certificate = key.resolveSibling(name + ".crt");
      Tool.run(
          "openssl req -x509 -days 2 -subj /CN=%s -key %s -out %s"
              .formatted(name, key, certificate)
              .split(" "));
      return certificate;
    }
  }

  @ParameterizedTest
  @EnumSource
  void areJudgedAlikeByBothChannels(Odd odd) throws Exception {
    TestKeys key = TestKeys.make("odd", Kind.P256);
    TestKeys presented = odd.make(key);

    assertThat(controlLetsIn(presented, key.pin())).as("TLS").isEqualTo(odd.getsIn);
    assertThat(dataLetsIn(presented, key.pin())).as("DTLS").isEqualTo(odd.getsIn);
  }

  private static boolean controlLetsIn(TestKeys client, Pin pin) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Boolean> served =
          CompletableFuture.supplyAsync(() -> {
            try (SSLSocket socket = ControlTls.server(listener.accept(), Keys.SERVER, pin)) {
              socket.getOutputStream().write('!');
              return true;
            } catch (IOException _) {
              return false;
            }
          });
      try (Tool _ = sClient(client, "-tls1_3", listener.getLocalPort())) {
        return served.get();
      }
    }
  }

  private static boolean dataLetsIn(TestKeys client, Pin pin) throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, pin);
        Tool _ = sClient(client, "-dtls1_2", server.port())) {
      Tool.await("its hello", server.peer::isStarted);
      return server.peer.failure() == null;
    }
  }

  private static Tool sClient(TestKeys client, String version, int port) throws IOException {
    return Tool.start(
        "openssl",
        "s_client",
        version,
        "-connect",
        "127.0.0.1:" + port,
        "-cert",
        client.certificate().toString(),
        "-cert_chain",
        client.certificate().toString(),
        "-key",
        client.privateKey().toString());
  }
}
