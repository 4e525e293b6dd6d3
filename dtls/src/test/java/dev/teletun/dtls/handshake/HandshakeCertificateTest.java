package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.control.PeerNotTrustedException;
import dev.teletun.dtls.control.PeerNotTrustedException.Side;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.tools.Certificates;
import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a handshake trusts: keys decide, and certificates of every shape carry them. */
@Timeout(120)
class HandshakeCertificateTest {

  @Test
  void theClientRefusesAnotherServerKey() throws Exception {
    try (Link link = new Link(Keys.SERVER, Keys.CLIENT.pin(), (_, _) -> true)) {
      link.dial(Keys.CLIENT, Keys.OTHER.pin());

      assertRefused(link.client, Side.WE_REFUSED);
      assertRefused(link.server, Side.PEER_REFUSED);
    }
  }

  @Test
  void theServerRefusesAnotherClientKey() throws Exception {
    try (Link link = new Link(Keys.SERVER, Keys.OTHER.pin(), (_, _) -> true)) {
      link.dial(Keys.CLIENT, Keys.SERVER.pin());

      assertRefused(link.client, Side.PEER_REFUSED);
      assertRefused(link.server, Side.WE_REFUSED);
    }
  }

  @Test
  void refusesACertificateOfAnotherCurveWithoutLookingAtTheCurve(@TempDir Path directory)
      throws Exception {
    Path key = directory.resolve("odd.key");
    Path certificate = directory.resolve("odd.crt");
    Tool.run(
        ("openssl ecparam -name sect283k1 -param_enc explicit -genkey -noout -out " + key)
            .split(" "));
    Tool.run(
        ("openssl req -x509 -days 3 -subj /CN=odd -key " + key + " -out " + certificate)
            .split(" "));
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Tool openssl =
            Tool.start(
                "openssl",
                "s_client",
                "-dtls1_2",
                "-connect",
                "127.0.0.1:" + server.port(),
                "-key",
                key.toString(),
                "-cert",
                certificate.toString())) {
      Tool.await("the server's handshake", server.peer::isStarted);

      assertThat(server.peer.failure()).isInstanceOf(PeerNotTrustedException.class);
      assertThat(openssl.output()).doesNotContain("Segmentation");
    }
  }

  @ParameterizedTest
  @CsvSource({"-20, -10", "10, 20"})
  void looksAtNoDatesOfAPinnedCertificate(int fromDays, int untilDays) throws Exception {
    Instant now = Instant.now();
    TestKeys odd =
        Certificates.valid(
            TestKeys.make("odd", Kind.P256),
            now.plus(fromDays, ChronoUnit.DAYS),
            now.plus(untilDays, ChronoUnit.DAYS));
    Identity identity = Identity.load(odd.privateKey(), odd.certificate());

    try (Link link = Link.between(identity, identity).established()) {
      link.exchange();
    }
  }

  @Test
  void carriesTheLargestCertificateThatAnIdentityMayHave() throws Exception {
    TestKeys odd = Certificates.large(TestKeys.make("odd", Kind.P256), 8_100);
    Identity identity = Identity.load(odd.privateKey(), odd.certificate());
    assertThat(identity.certificate().getEncoded())
        .hasSizeBetween(8_000, Identity.LARGEST_CERTIFICATE);

    try (Link link = Link.between(identity, identity).established()) {
      link.exchange();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 20})
  void saysWhyAChainAboveAPinnedCertificateIsTooDeep(int length) throws Exception {
    TestKeys client = Certificates.chain(TestKeys.make("client", Kind.P256), length, 300);
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, client.pin());
        Tool _ =
            Tool.start(
                "openssl",
                "s_client",
                "-dtls1_2",
                "-connect",
                "127.0.0.1:" + server.port(),
                "-key",
                client.privateKey().toString(),
                "-cert",
                client.certificate().toString(),
                "-cert_chain",
                client.certificate().toString())) {
      Tool.await("the server's handshake", server.peer::isStarted);

      Throwable failure = server.peer.failure();
      String said = failure == null ? "" : String.valueOf(failure.getMessage());
      assertThat(said).contains(length == 8 ? "" : "chain longer than maximum");
      assertThat(said.isEmpty()).isEqualTo(length == 8);
    }
  }

  private static void assertRefused(Peer peer, Side side) throws InterruptedException {
    assertThat(peer.failure())
        .isInstanceOfSatisfying(
            PeerNotTrustedException.class, e -> assertThat(e.side()).isEqualTo(side));
  }
}
