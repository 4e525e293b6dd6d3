package dev.teletun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.cli.screen.Screen;
import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.Rung;
import dev.teletun.client.connect.ClientOptions;
import dev.teletun.client.connect.Connected;
import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.settings.Problems;
import dev.teletun.servercluster.ServerClusterOptions;
import dev.teletun.serverexternal.ServerExternalOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The options of the three programs, as far as they are read before anything is opened. */
class ProgramOptionsTest {
  @TempDir Path keys;

  @BeforeEach
  void makeKeys() throws IOException {
    KeySet.generate(keys, false);
  }

  @Test
  void readsAClientsCommandLine() throws Exception {
    ClientCommand command = new ClientCommand();
    CommandLine line = new CommandLine(command).setPosixClusteredShortOptionsAllowed(false);
    line.parseArgs(
        "-pod=shop/web-0",
        "--port",
        "7000",
        "-server-pubkey=" + keys.resolve("server.pub"),
        "--client-pubkey=" + keys.resolve("client.pub"),
        "-client-privkey",
        keys.resolve("client.key").toString(),
        "-route=10.96.0.0/16",
        "--route=fd00::/112",
        "-dns=off");

    ClientOptions options = command.options(new Problems());

    assertThat(options.pod()).contains("shop/web-0");
    assertThat(options.address()).isEmpty();
    assertThat(options.port()).isEqualTo(7000);
    assertThat(options.clientPrivateKey()).isEqualTo(keys.resolve("client.key"));
    assertThat(options.host().routes().asked())
        .containsExactly(Prefix.parse("10.96.0.0/16"), Prefix.parse("fd00::/112"));
    assertThat(options.host().dns()).isEqualTo(DnsMode.OFF);
    assertThat(options.check()).isTrue();
  }

  @Test
  void tellsProgramsWhatIsInForce() {
    Connected connected =
        new Connected(
            "tel0",
            List.of(Addresses.parse("10.0.2.7"), Addresses.parse("fd00::7")),
            1400,
            List.of(Prefix.parse("10.96.0.0/16")),
            Optional.empty(),
            Optional.empty(),
            Candidate.direct(
                Rung.NODE_PORT, "of Service a/b on node n", Addresses.parse("10.0.0.1"), 7000, 0));

    assertThat(Connecting.asJson(connected))
        .isEqualTo(
            """
            {"event":"connected","addresses":["10.0.2.7","fd00::7"],"device":"tel0",\
            "tunMtu":1400,"routes":["10.96.0.0/16"],"dns":"off","server":"10.0.0.1","port":7000,\
            "endpoint":"node port 10.0.0.1:7000 of Service a/b on node n"}\
            """);
  }

  @Test
  void tellsAClientEveryProblemAtOnce() {
    List<String> lines =
        problems(
            "client",
            "-prot=7000",
            "-port=70000",
            "-route=10.0.0.0/33",
            "-dns=maybe",
            "-address=vpn.example:443",
            "-server-pubkey=" + keys.resolve("none.pub"),
            "-client-pubkey=" + keys.resolve("client.pub"),
            "-client-privkey=" + keys.resolve("server.key"));

    assertThat(lines)
        .hasSize(8)
        .anySatisfy(line ->
            assertThat(line).isEqualTo("teletun client: unknown: -prot=7000; did you mean -port?"))
        .anySatisfy(line -> assertThat(line).contains("-port=70000: not a port"))
        .anySatisfy(line -> assertThat(line).contains("-route=10.0.0.0/33: prefix length 33"))
        .anySatisfy(line -> assertThat(line).contains("-dns=maybe is none of auto, resolved"))
        .anySatisfy(line -> assertThat(line).contains("-address=vpn.example:443"))
        .anySatisfy(line -> assertThat(line).contains("none.pub: no such file"))
        .anySatisfy(line -> assertThat(line).contains("server.key").contains("client.pub"));
    assertThat(lines.getLast()).isEqualTo("See: teletun client --help");
  }

  @Test
  void tellsAClientEveryMissingOptionAtOnce() {
    assertThat(problems("client"))
        .hasSize(6)
        .anySatisfy(line -> assertThat(line).contains("missing -pod=PODNAME or -address=HOST"))
        .anySatisfy(line -> assertThat(line).contains("missing -port=PORT"))
        .anySatisfy(line -> assertThat(line).contains("missing -server-pubkey=FILE"))
        .anySatisfy(line -> assertThat(line).contains("missing -client-pubkey=FILE"))
        .anySatisfy(line -> assertThat(line).contains("missing -client-privkey=FILE"));
  }

  @Test
  void readsAServerExternalsCommandLine() throws Exception {
    ServerExternalCommand command = new ServerExternalCommand();
    new CommandLine(command)
        .parseArgs(
            "-port=7000",
            "-server-pubkey=" + keys.resolve("server.pub"),
            "-server-privkey=" + keys.resolve("server.key"),
            "-client-pubkey=" + keys.resolve("client.pub"),
            "-sockfile=" + keys.resolve("socket"),
            "-peer-uid=7");

    ServerExternalOptions options = command.options(new Problems());

    assertThat(options.port()).isEqualTo(7000);
    assertThat(options.serverPrivateKey()).isEqualTo(keys.resolve("server.key"));
    assertThat(options.sockfile()).isEqualTo(keys.resolve("socket"));
    assertThat(options.peerUid()).hasValue(7);
  }

  @Test
  void tellsAServerExternalEveryProblemAtOnce() {
    assertThat(
            problems(
                "server-external",
                "-port=0",
                "-server-pubkey=" + keys.resolve("server.pub"),
                "-client-pubkey=" + keys.resolve("client.key"),
                "-sockfile=" + keys.resolve("none/at/socket")))
        .hasSize(5)
        .anySatisfy(line -> assertThat(line).contains("-port=0: not a port"))
        .anySatisfy(line -> assertThat(line).contains("missing -server-privkey=FILE"))
        .anySatisfy(line -> assertThat(line).contains("client.key").contains("private key"))
        .anySatisfy(line -> assertThat(line).contains("none/at nor that one's parent exists"));
  }

  @Test
  void readsAServerClustersCommandLine() throws Exception {
    ServerClusterCommand command = new ServerClusterCommand();
    new CommandLine(command)
        .parseArgs(
            "--sockfile=" + keys.resolve("socket"),
            "-peer-uid=65534",
            "-keep-port=8080",
            "-keep-port=9090",
            "-interface=eth1");

    ServerClusterOptions options = command.options(new Problems());

    assertThat(options.peerUid()).hasValue(65534);
    assertThat(options.keepPorts()).containsExactlyInAnyOrder(8080, 9090);
    assertThat(options.interfaceName()).contains("eth1");
  }

  @Test
  void tellsAServerClusterEveryProblemAtOnce() {
    assertThat(problems("server-cluster", "-peer-uid=root", "-keep-port=http", "-interface=a/b"))
        .hasSize(5)
        .anySatisfy(line -> assertThat(line).contains("missing -sockfile=FILE"))
        .anySatisfy(line -> assertThat(line).contains("-peer-uid=root: not a numeric user id"))
        .anySatisfy(line -> assertThat(line).contains("-keep-port=http: not a port"))
        .anySatisfy(line -> assertThat(line).contains("-interface=a/b: no interface's name"));
  }

  private static List<String> problems(String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Screen screen =
        new Screen(
            new PrintStream(OutputStream.nullOutputStream()),
            new PrintStream(err, true, UTF_8),
            false);

    assertThat(Main.run(screen, args)).isEqualTo(2);

    return err.toString(UTF_8).lines().toList();
  }
}
