package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Our client with a version 1 server that is not ours: control by OpenSSL or socat, data by socat
 * or GnuTLS, on the lab's node, which forwards to the pods.
 */
@Tag("netns")
@Timeout(120)
class ForeignServerIT {
  private static final int PORT = 5556;
  private static final String OWN_IPV4 = "10.77.0.7";
  private static final String OWN_IPV6 = "fd00:77::7";
  private static final int ENDED_BY_TERM = 128 + 15;
  private static final int NOT_TRUSTED = 4;
  private static final Pattern CONNECTED = Pattern.compile("^connected as");

  /** Not its exit code: a packet for us in the half second it then waits makes that 1. */
  private static final Pattern GOODBYE = Pattern.compile("is at EOF");

  private static final Pattern LISTENS_ON_UDP = Pattern.compile("listening on UDP");

  /** As openssl genpkey(1) wants it. */
  enum Kind {
    P256("-algorithm=EC -pkeyopt=ec_paramgen_curve:P-256"),
    RSA("-algorithm=RSA -pkeyopt=rsa_keygen_bits:2048"),
    ED25519("-algorithm=ED25519");

    final String options;

    Kind(String options) {
      this.options = options;
    }
  }

  /** Listens for the control connection and sends its stdin; both end when the client leaves. */
  enum Control {
    OPENSSL(
        "openssl s_server -tls1_3 -quiet -naccept 1 -accept PORT -cert SERVER.crt"
            + " -key SERVER.key -CAfile CLIENT.crt -Verify 1 -verify_return_error"),
    SOCAT(
        "socat - OPENSSL-LISTEN:PORT,reuseaddr,cert=SERVER.crt,key=SERVER.key,cafile=CLIENT.crt,verify=1");

    final String command;

    Control(String command) {
      this.command = command;
    }
  }

  private static Programs programs;
  private static Host laptop;
  private static Host node;
  private static Path directory;
  private static Path bait;

  @BeforeAll
  static void prepareNode() throws IOException {
    programs = Programs.in("fsrv", LabOptions.DEFAULT);
    laptop = programs.laptop();
    node = programs.lab().node();
    directory = programs.keys();
    bait = directory.resolve("bait");
    node.shell(
            """
            set -e
            ip tuntap add fore0 mode tun
            ip link set fore0 mtu 1400 up
            ip route add %s dev fore0
            ip route add %s dev fore0
            """
                .formatted(OWN_IPV4, OWN_IPV6))
        .orThrow();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  /** OpenSSL 3.0 has no cipher for an Ed25519 server over DTLS, not even with its own client. */
  @ParameterizedTest
  @CsvSource({"OPENSSL, P256, P256", "SOCAT, RSA, RSA", "OPENSSL, P256, ED25519"})
  void isThePodThatAForeignServerNames(Control tool, Kind serverKind, Kind clientKind)
      throws IOException {
    String server = makeKey("server", serverKind);
    String client = makeKey("client", clientKind);
    HostSnapshot before = programs.laptopNow();

    try (RunningProgram control = startControl(tool, server, client, greeting());
        RunningProgram data = startData(server, client)) {
      RunningProgram program = startClient(server, client);
      program.awaitLine(CONNECTED, Programs.LIMIT);
      laptop.run("ping", "-c2", "-i0.2", "-W2", "-s1300", LabNet.POD_WEB.v4()).orThrow();
      laptop.run("ping", "-c2", "-i0.2", "-W2", LabNet.POD_WEB.v6()).orThrow();
      assertThat(laptop.run("curl", "-sS", "-m10", "http://" + LabNet.WEB_NAME).orThrow())
          .contains("serves");

      program.signal("TERM");

      assertThat(program.awaitExit(Programs.LIMIT)).isEqualTo(ENDED_BY_TERM);
      assertThat(control.awaitExit(Programs.LIMIT)).as(control.output()).isZero();
      data.awaitLine(GOODBYE, Programs.LIMIT);
    }
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  /** It echoes packets, which is no answer: so without the first round trip. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void sendsPacketsThatGnutlsReads(Kind kind) throws IOException {
    String server = makeKey("server", kind);
    String client = makeKey("client", kind);
    HostSnapshot before = programs.laptopNow();

    try (RunningProgram control = startControl(Control.OPENSSL, server, client, greeting());
        RunningProgram data = startGnutls(server, client)) {
      RunningProgram program = startClient(server, client, "-check=off", "-dns=off");
      program.awaitLine(CONNECTED, Programs.LIMIT);
      laptop.run("ping", "-c1", "-W1", "-s400", "-p61", LabNet.POD_WEB.v4());

      // gnutls-serv reads 254 bytes at a time, and shows them up to the first NUL.
      data.awaitLine(Pattern.compile("command: a{174}$"), Programs.LIMIT);
      program.signal("TERM");
      assertThat(program.awaitExit(Programs.LIMIT)).isEqualTo(ENDED_BY_TERM);
      assertThat(control.awaitExit(Programs.LIMIT)).as(control.output()).isZero();
    }
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  @Test
  void letsNoShellSeeWhatAResolvConfSays() throws IOException {
    String server = makeKey("server", Kind.P256);
    String client = makeKey("client", Kind.P256);
    HostSnapshot before = programs.laptopNow();
    String hostile =
        """
        nameserver $(touch BAIT)
        nameserver 10.0.0.1;touch BAIT
        search `touch BAIT` a;touch${IFS}BAIT svc.cluster.local
        domain x|touch BAIT
        options ndots:$(touch BAIT) "; touch BAIT; "
        ' ; touch BAIT #
        """
            .replace("BAIT", bait.toString());

    try (RunningProgram control =
            startControl(Control.OPENSSL, server, client, greeting() + hostile);
        RunningProgram data = startData(server, client)) {
      RunningProgram program = startClient(server, client);
      String line = program.awaitLine(CONNECTED, Programs.LIMIT);
      assertThat(line).doesNotContain("touch");
      assertThat(programs.laptopNow().parts().toString()).doesNotContain("touch", "10.0.0.1");
      assertThat(programs.laptopNow().parts().get("resolv.conf"))
          .isEqualTo(before.parts().get("resolv.conf"));
      program.close();
      assertThat(control.awaitExit(Programs.LIMIT)).as(control.output()).isZero();
      data.awaitLine(GOODBYE, Programs.LIMIT);
    }

    assertThat(bait).doesNotExist();
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  @Test
  void trustsNoDataServerWithAnotherKey() throws IOException {
    String server = makeKey("server", Kind.P256);
    String other = makeKey("other", Kind.P256);
    String client = makeKey("client", Kind.P256);
    HostSnapshot before = programs.laptopNow();

    try (RunningProgram control = startControl(Control.OPENSSL, server, client, greeting());
        RunningProgram data = startData(other, client)) {
      RunningProgram program = startClient(server, client);

      assertThat(program.awaitExit(Programs.LIMIT)).as(program.output()).isEqualTo(NOT_TRUSTED);
      assertThat(program.output())
          .contains("teletun client: UDP ", "is not the pinned one")
          .doesNotContain("firewall");
      assertThat(control.awaitExit(Programs.LIMIT)).as(control.output()).isZero();
      assertThat(data.output()).doesNotContain("starting data transfer");
    }
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  /** Makes a key and its certificate unless they are there; returns their name without suffix. */
  private static String makeKey(String owner, Kind kind) throws IOException {
    String name = "%s-%s".formatted(owner, kind);
    if (!Files.exists(directory.resolve(name + ".crt"))) {
      ForeignTools.key(laptop, directory, name, kind.options);
      ForeignTools.certificate(laptop, directory, name);
    }
    return name;
  }

  /** The addresses, and a resolv.conf that more may be appended to. */
  private static String greeting() {
    return OWN_IPV4
        + "\n"
        + OWN_IPV6
        + "\n\0search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver "
        + LabNet.DNS_SERVICE.v4()
        + "\noptions ndots:5\n";
  }

  /** Both tools hang up at the end of what they read: so the pipe stays open. */
  private static RunningProgram startControl(
      Control tool, String server, String client, String greeting) throws IOException {
    Path text = Files.createTempFile(directory, "greeting", ".bin");
    Files.writeString(text, greeting + '\0', StandardCharsets.ISO_8859_1);
    String line =
        """
        mkfifo PIPE
        exec 3<>PIPE
        cat TEXT >&3
        exec COMMAND <&3
        """
            .replace("COMMAND", tool.command)
            .replace("PIPE", text + ".pipe")
            .replace("TEXT", text.toString())
            .replace("PORT", Integer.toString(PORT))
            .replace("SERVER", directory.resolve(server).toString())
            .replace("CLIENT", directory.resolve(client).toString());
    RunningProgram control = node.start("sh", "-c", line);
    Until.holds(
        () -> assertThat(node.run("ss", "-Hltn", "sport = :" + PORT).orThrow()).isNotBlank());
    return control;
  }

  private static RunningProgram startData(String server, String client) throws IOException {
    String peer =
        "OPENSSL-DTLS-SERVER:%d,cert=%s.crt,key=%s.key,cafile=%s.crt,verify=1"
            .formatted(
                PORT,
                directory.resolve(server),
                directory.resolve(server),
                directory.resolve(client));
    RunningProgram data =
        node.start("socat", "-d", "-d", peer, "TUN,iff-no-pi,iff-up,tun-name=fore0");
    data.awaitLine(LISTENS_ON_UDP, Programs.LIMIT);
    return data;
  }

  /** GnuTLS demands the client's certificate, as the other tools do. */
  private static RunningProgram startGnutls(String server, String client) throws IOException {
    RunningProgram data =
        node.start(
            "gnutls-serv",
            "--udp",
            "--echo",
            "--port=" + PORT,
            "--x509certfile=" + directory.resolve(server + ".crt"),
            "--x509keyfile=" + directory.resolve(server + ".key"),
            "--x509cafile=" + directory.resolve(client + ".crt"),
            "--require-client-cert",
            "--verify-client-cert");
    Until.holds(
        () -> assertThat(node.run("ss", "-Hlun", "sport = :" + PORT).orThrow()).isNotBlank());
    return data;
  }

  private static RunningProgram startClient(String server, String client, String... more)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "client",
                "-address=" + LabNet.NODE.v4(),
                "-port=" + PORT,
                "-server-pubkey=" + directory.resolve(server + ".crt"),
                "-client-pubkey=" + directory.resolve(client + ".crt"),
                "-client-privkey=" + directory.resolve(client + ".key"),
                "-route=" + LabNet.PODS.v4(),
                "-route=" + LabNet.PODS.v6(),
                "-route=" + LabNet.SERVICES.v4(),
                "-route=" + LabNet.SERVICES.v6()));
    words.addAll(List.of(more));
    return laptop.start(programs.teletun(words.toArray(String[]::new)));
  }
}
