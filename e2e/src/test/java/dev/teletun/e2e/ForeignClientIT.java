package dev.teletun.e2e;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.e2e.ForeignTools.Control;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Version 1 of the protocol as clients that are not ours speak it to our pair. */
@Tag("netns")
@Timeout(120)
class ForeignClientIT {
  private static final String SERVER = LabNet.NODE.v4() + ":" + LabNet.NODE_PORT;
  private static final Pattern TRANSFERS = Pattern.compile("starting data transfer loop");

  private static Programs programs;
  private static Host laptop;
  private static Path keys;

  @BeforeAll
  static void startPair() throws IOException {
    programs = Programs.in("fcli", LabOptions.DEFAULT);
    laptop = programs.laptop();
    keys = programs.keys();
    ForeignTools.certificate(laptop, keys, "client");
    // Given as our public key, it is what we present, and the tools can verify it.
    Path certificate = ForeignTools.certificate(laptop, keys, "server");
    Files.copy(certificate, keys.resolve("server.pub"), REPLACE_EXISTING);
    programs.startCluster();
    programs
        .startExternal()
        .awaitLine(Pattern.compile("^linked to server-cluster"), Programs.LIMIT);
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void saysAddressesAndResolvConfAndThenNothing() throws IOException {
    try (Control control = Control.dial(laptop, keys, SERVER)) {
      List<String> texts = control.greeting();

      assertThat(texts).hasSize(3);
      assertThat(texts.get(0).lines().map(ForeignClientIT::parse))
          .containsExactly(parse(LabNet.POD_CLUSTER.v4()), parse(LabNet.POD_CLUSTER.v6()));
      assertThat(texts.get(0)).matches("[0-9a-f.:]+\n[0-9a-f:]+");
      assertThat(texts.get(1)).isEqualTo(programs.lab().podCluster().resolvConf());
      assertThat(texts.get(2)).isEmpty();
    }
  }

  @Test
  void staysWithTheFirstUntilItLeavesAndThenServesTheNextAtOnce() throws IOException {
    try (Control first = Control.dial(laptop, keys, SERVER)) {
      List<String> greeting = first.greeting();

      try (Control second = Control.dial(laptop, keys, SERVER)) {
        second.program().awaitExit(Programs.LIMIT);
        assertThat(second.received()).isEmpty();
      }
      assertThat(first.program().isAlive()).isTrue();
      assertThat(first.greeting()).isEqualTo(greeting);
      first.hangUp();

      try (Control next = Control.dial(laptop, keys, SERVER)) {
        assertThat(next.greeting()).isEqualTo(greeting);
      }
    }
  }

  @Test
  void carriesThePacketsOfACompleteClientMadeOfOpensslAndSocat() throws IOException {
    try (Control control = Control.dial(laptop, keys, SERVER)) {
      control.greeting();
      String peer =
          "OPENSSL-DTLS-CLIENT:%s,cert=%s,key=%s,cafile=%s,verify=1,commonname=server"
              .formatted(
                  SERVER,
                  keys.resolve("client.crt"),
                  keys.resolve("client.key"),
                  keys.resolve("server.crt"));
      try (RunningProgram data =
          laptop.start("socat", "-d", "-d", "TUN,iff-no-pi,iff-up,tun-name=fore0", peer)) {
        data.awaitLine(TRANSFERS, Programs.LIMIT);
        becomeThePod();

        for (String pod : List.of(LabNet.POD_WEB.v4(), LabNet.POD_WEB.v6())) {
          laptop.run("ping", "-c2", "-i0.2", "-W2", "-s1300", pod).orThrow();
        }
        assertThat(download(LabNet.WEB_SERVICE.v4())).isEqualTo(sum(LabNet.WEB_SERVICE.v4()));
        String ipv6 = "[" + LabNet.WEB_SERVICE.v6() + "]";
        assertThat(download(ipv6)).isEqualTo(sum(ipv6));
      }
    }
  }

  /** What a client does with the addresses, by hand. 1400 leaves room for IPv4, UDP and record. */
  private static void becomeThePod() throws IOException {
    laptop
        .shell(
            """
            set -e
            ip link set fore0 mtu 1400
            for own in %s/32 %s/128; do ip address add $own dev fore0; done
            for route in %s %s %s %s; do ip route add $route dev fore0; done
            """
                .formatted(
                    LabNet.POD_CLUSTER.v4(),
                    LabNet.POD_CLUSTER.v6(),
                    LabNet.PODS.v4(),
                    LabNet.SERVICES.v4(),
                    LabNet.PODS.v6(),
                    LabNet.SERVICES.v6()))
        .orThrow();
  }

  private static String download(String server) throws IOException {
    String line = "curl -sS -m 20 http://%s/bytes/3000000 | sha256sum".formatted(server);
    return laptop.shell(line).orThrow().split(" ", 2)[0];
  }

  private static String sum(String server) throws IOException {
    return laptop
        .run("curl", "-sS", "-m20", "http://" + server + "/sha256/3000000")
        .orThrow()
        .strip();
  }

  @Test
  void completesAHandshakeWithGnutls() throws IOException {
    try (Control control = Control.dial(laptop, keys, SERVER)) {
      control.greeting();

      Run run =
          laptop.run(
              "gnutls-cli",
              "--udp",
              "--port=" + LabNet.NODE_PORT,
              "--x509cafile=" + keys.resolve("server.crt"),
              "--verify-hostname=server",
              "--x509certfile=" + keys.resolve("client.crt"),
              "--x509keyfile=" + keys.resolve("client.key"),
              LabNet.NODE.v4());

      assertThat(run.stdout())
          .as(run.stderr())
          .contains("The certificate is trusted", "DTLS1.2", "extended master secret")
          .contains("Handshake was completed");
      assertThat(run.exitCode()).isZero();
    }
  }

  @Test
  void completesAHandshakeWithOpenssl() throws IOException {
    try (Control control = Control.dial(laptop, keys, SERVER)) {
      control.greeting();

      Run run =
          laptop.run(
              "openssl",
              "s_client",
              "-dtls1_2",
              "-connect=" + SERVER,
              "-cert=" + keys.resolve("client.crt"),
              "-key=" + keys.resolve("client.key"),
              "-CAfile=" + keys.resolve("server.crt"),
              "-verify_return_error");

      assertThat(run.stdout())
          .as(run.stderr())
          .contains("DTLSv1.2", "-GCM-", "Extended master secret: yes", "Verification: OK");
      assertThat(run.exitCode()).isZero();
    }
  }

  @Test
  void answersNoHandshakeWithoutAControlConnection() throws IOException {
    String hello =
        "timeout -s KILL 3 openssl s_client -dtls1_2 -connect %s </dev/null".formatted(SERVER);

    assertThat(laptop.shell(hello).stdout()).doesNotContain("BEGIN CERTIFICATE");
  }

  private static InetAddress parse(String address) {
    return Addresses.parse(address);
  }
}
