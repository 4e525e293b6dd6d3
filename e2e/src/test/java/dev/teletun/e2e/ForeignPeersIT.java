package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Version 1 of the protocol, spoken with tools that are not ours, in both roles. */
@Tag("netns")
@Timeout(120)
class ForeignPeersIT {
  /** socat guesses a path MTU of 256, and a longer hello would come in two datagrams. */
  private static final String SHORT_HELLO = "cipher=ECDHE-ECDSA-AES128-GCM-SHA256";

  private static Programs programs;
  private static Host laptop;

  @BeforeAll
  static void startThePair() throws IOException {
    programs = Programs.in("frgn", LabOptions.DEFAULT);
    laptop = programs.laptop();
    for (String name : new String[] {"client", "server"}) {
      laptop
          .run(
              "openssl",
              "req",
              "-x509",
              "-days",
              "2",
              "-subj",
              "/CN=" + name,
              "-key",
              key(name + ".key"),
              "-out",
              key(name + ".crt"))
          .orThrow();
    }
    programs.startCluster();
  }

  @AfterAll
  static void takeDown() throws IOException {
    programs.close();
  }

  private static String key(String file) {
    return programs.keys().resolve(file).toString();
  }

  @Test
  void tellsOpensslItsAddressesAndFreesTheSlotWhenItCloses() throws Exception {
    try (RunningProgram _ = programs.startExternal()) {
      try (RunningProgram control = control()) {
        assertThat(control.output())
            .contains("10.244.0.3\nfd00:10:244::3\0search default.svc.cluster.local")
            .endsWith("\0");
        assertThat(control.isAlive()).as("the control connection stays open").isTrue();
        try (RunningProgram second = programs.startClient()) {
          assertThat(second.awaitExit(Programs.LIMIT)).isEqualTo(5);
          assertThat(second.output()).contains("another client holds the pod");
        }
      }
      try (RunningProgram next = control()) {
        assertThat(next.isAlive()).isTrue();
      }
    }
  }

  @Test
  void carriesPacketsForSocat() throws Exception {
    try (RunningProgram _ = programs.startExternal();
        RunningProgram _ = control();
        RunningProgram socat =
            laptop.start(
                "socat",
                "-d",
                "-d",
                "TUN,tun-name=fore0,tun-type=tun,iff-no-pi,iff-up",
                "OPENSSL-DTLS-CLIENT:%s:%d,cert=%s,key=%s,verify=0,%s"
                    .formatted(
                        LabNet.NODE.v4(),
                        LabNet.NODE_PORT,
                        key("client.crt"),
                        key("client.key"),
                        SHORT_HELLO))) {
      socat.awaitLine(Pattern.compile("SSL connection using"), Programs.LIMIT);
      laptop
          .shell(
              """
              ip link set fore0 mtu 1300 && ip addr add %s/32 dev fore0 && ip addr add %s/128 dev fore0 nodad
              ip route add %s dev fore0 && ip route add %s dev fore0
              """
                  .formatted(
                      LabNet.POD_CLUSTER.v4(),
                      LabNet.POD_CLUSTER.v6(),
                      LabNet.PODS.v4(),
                      LabNet.PODS.v6()))
          .orThrow();

      laptop.run("ping", "-c2", "-i0.2", "-W2", LabNet.POD_ECHO.v4()).orThrow();
      laptop.run("ping", "-c2", "-i0.2", "-W2", LabNet.POD_ECHO.v6()).orThrow();
      String page = laptop.run("curl", "-sS", "http://" + LabNet.POD_WEB.v4() + "/").orThrow();
      assertThat(page).contains("web serves " + LabNet.POD_CLUSTER.v4());
      String sum =
          laptop
              .run(
                  "sh",
                  "-c",
                  "curl -sS http://%s/bytes/3000000 | sha256sum".formatted(LabNet.POD_WEB.v4()))
              .orThrow();
      assertThat(sum)
          .startsWith(
              laptop
                  .run("curl", "-sS", "http://%s/sha256/3000000".formatted(LabNet.POD_WEB.v4()))
                  .orThrow()
                  .strip());
    }
  }

  @Test
  void completesTheHandshakesOfGnutlsAndOpenssl() throws Exception {
    try (RunningProgram _ = programs.startExternal();
        RunningProgram _ = control()) {
      String gnutls =
          laptop
              .runWithInput(
                  "",
                  "gnutls-cli",
                  "--udp",
                  "--mtu=1400",
                  "--insecure",
                  "--port=" + LabNet.NODE_PORT,
                  "--x509certfile=" + key("client.crt"),
                  "--x509keyfile=" + key("client.key"),
                  "--priority=NORMAL:-VERS-ALL:+VERS-DTLS1.2",
                  LabNet.NODE.v4())
              .toString();
      assertThat(gnutls).contains("Handshake was completed");
      String openssl =
          laptop
              .runWithInput(
                  "",
                  "openssl",
                  "s_client",
                  "-dtls1_2",
                  "-mtu",
                  "1400",
                  "-connect",
                  LabNet.NODE.v4() + ":" + LabNet.NODE_PORT,
                  "-cert",
                  key("client.crt"),
                  "-key",
                  key("client.key"))
              .stdout();
      assertThat(openssl).contains("Extended master secret: yes", "ECDHE-ECDSA-AES");
    }
  }

  @Test
  void ourClientIsThePodOfAForeignServer() throws Exception {
    Host server = programs.lab().podExternal();
    String secrets =
        "cert=%s,key=%s,cafile=%s"
            .formatted(key("server.crt"), key("server.key"), key("client.crt"));
    try (RunningProgram _ =
            server.start(
                "sh",
                "-c",
                "(printf '10.98.0.7\\nfd98::7\\0nameserver 10.98.0.1\\n\\0'; sleep 600) | socat - "
                    + "OPENSSL-LISTEN:%d,reuseaddr,verify=1,%s"
                        .formatted(LabNet.EXTERNAL_PORT, secrets));
        RunningProgram data =
            server.start(
                "socat",
                "-d",
                "-d",
                "OPENSSL-DTLS-SERVER:%d,verify=1,%s".formatted(LabNet.EXTERNAL_PORT, secrets),
                "TUN:10.98.0.1/24,tun-name=fore1,tun-type=tun,iff-no-pi,iff-up")) {
      data.awaitLine(Pattern.compile("listening on"), Programs.LIMIT);
      awaitListening(server);
      try (RunningProgram client = laptop.start(clientWithCertificate())) {
        client.awaitLine(Pattern.compile("^connected as 10.98.0.7 fd98::7"), Programs.LIMIT);
        server.run("ip", "addr", "add", "fd98::1/64", "dev", "fore1", "nodad").orThrow();

        laptop.run("ping", "-c2", "-i0.2", "-W2", "10.98.0.1").orThrow();
        laptop.run("ping", "-c2", "-i0.2", "-W2", "fd98::1").orThrow();
        client.signal("TERM");
        assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(143);
      }
    }
  }

  /** openssl trusts certificates, not keys: the client must show the one that the server knows. */
  private static String[] clientWithCertificate() {
    return programs.teletun(
        "client",
        "-address=" + LabNet.NODE.v4(),
        "-port=" + LabNet.NODE_PORT,
        "-server-pubkey=" + key("server.pub"),
        "-client-pubkey=" + key("client.crt"),
        "-client-privkey=" + key("client.key"),
        "-dns=off",
        "-route=10.98.0.0/24",
        "-route=fd98::/64");
  }

  private static void awaitListening(Host host) throws Exception {
    long deadline = System.nanoTime() + Programs.LIMIT.toNanos();
    while (!host.listens(LabNet.EXTERNAL_PORT)) {
      assertThat(System.nanoTime()).as("socat listens in time").isLessThan(deadline);
    }
  }

  /** openssl holds the control connection, as version 1 needs. */
  private static RunningProgram control() throws IOException {
    RunningProgram control =
        laptop.start(
            "openssl",
            "s_client",
            "-quiet", // stays when its stdin ends
            "-tls1_3",
            "-connect",
            LabNet.NODE.v4() + ":" + LabNet.NODE_PORT,
            "-cert",
            key("client.crt"),
            "-key",
            key("client.key"));
    control.awaitLine(Pattern.compile("options ndots:5"), Programs.LIMIT);
    return control;
  }
}
