package dev.teletun.e2e;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.e2e.peer.Peer;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Version 1 with the two other DTLS libraries of Java: as client of our pair, as server of our
 * client, packets in both directions. Scandium brings connection IDs.
 */
@Tag("netns")
@Timeout(120)
class ForeignJavaIT {
  private static final int PORT = 5557;
  private static final String NAMED_BY_PEER = "10.77.0.7";
  private static final Pattern MOVED = Pattern.compile("the client is at .*:40\\d\\d\\d now");

  /** As which the client pings, too: E1. */
  private static final List<String> SOURCES_IT_IS_NOT =
      List.of("10.244.0.99", "127.0.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0", "10.244.0.7");

  /** To which and from which the server pings, too: E2. */
  private static final List<String> NOTHING_FOR_THE_CLIENT =
      List.of(">" + LabNet.LAPTOP.v4(), ">127.0.0.1", "127.0.0.1", "0.0.0.0", "224.0.0.1");

  private static Programs programs;
  private static RunningProgram external;
  private static Host laptop;
  private static Host node;

  private final CloseStack started = new CloseStack();

  @BeforeAll
  static void startPair() throws IOException {
    programs = Programs.in("fjava", LabOptions.DEFAULT);
    laptop = programs.laptop();
    node = programs.lab().node();
    Path keys = programs.keys();
    ForeignTools.certificate(laptop, keys, "client");
    // Given as our public key, it is what we present, and what the peer compares.
    Path certificate = ForeignTools.certificate(laptop, keys, "server");
    Files.copy(certificate, keys.resolve("server.pub"), REPLACE_EXISTING);
    programs.startCluster();
    external = programs.startExternal();
    external.awaitLine(Pattern.compile("^linked to server-cluster"), Programs.LIMIT);
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void end() throws IOException {
    started.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsse", "scandium"})
  void isThePodForAClientOf(String library) throws IOException {
    Path pcap = programs.lab().directory().resolve(library + ".pcap");
    RunningProgram client;
    try (Closeable _ = programs.lab().podCluster().capture("eth0", pcap)) {
      client = dial(library, SOURCES_IT_IS_NOT);
      awaitAnswers(client, 5);
    }

    web().run("ping", "-c3", "-i0.2", "-W2", LabNet.POD_CLUSTER.v4()).orThrow();
    for (String source : SOURCES_IT_IS_NOT.subList(0, 5)) {
      assertThat(read(pcap, "src host " + source)).isEmpty();
    }
    assertThat(read(pcap, "src host %s and icmp[0] == 8".formatted(LabNet.POD_CLUSTER.v4())))
        .as("what it sends as itself, or this shows nothing")
        .hasSizeGreaterThanOrEqualTo(5);
    assertThat(status()).containsPattern("\"from_peer_wrong_source\":[1-9]\\d");
  }

  @Test
  void followsAClientOfScandiumByItsConnectionId() throws IOException {
    RunningProgram client = dial("scandium", List.of());
    awaitAnswers(client, 3);
    int associations = associations();

    try (Closeable _ = rebindNat()) {
      external.awaitLine(MOVED, Programs.LIMIT);
      awaitAnswers(client, 5);
    }

    assertThat(associations()).isEqualTo(associations);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsse", "scandium"})
  void isThePodThatAServerNames(String library) throws IOException {
    HostSnapshot before = programs.laptopNow();
    Path pcap = programs.lab().directory().resolve("tel0.pcap");
    RunningProgram server = serve(library, NOTHING_FOR_THE_CLIENT);
    RunningProgram client = started.own(laptop.start(programs.teletun(clientOptions())));
    client.awaitLine(Pattern.compile("^connected as " + NAMED_BY_PEER), Programs.LIMIT);

    try (Closeable _ = laptop.capture("tel0", pcap)) {
      Run ping = laptop.run("ping", "-c3", "-i0.2", "-W2", "-s1200", LabNet.POD_WEB.v4());
      assertThat(ping.ok()).as("%s%s", ping.stdout(), server.output()).isTrue();
      awaitAnswers(server, 5);
    }

    assertThat(read(pcap, "dst host %s and icmp[0] == 8".formatted(NAMED_BY_PEER)))
        .as("what it pings us with, or this shows nothing")
        .isNotEmpty();
    assertThat(
            read(
                pcap,
                "not src host %s and not src host %s".formatted(NAMED_BY_PEER, LabNet.POD_WEB.v4())
                    + " and ip"))
        .isEmpty();
    assertThat(read(pcap, "dst host %s or dst host 127.0.0.1".formatted(LabNet.LAPTOP.v4())))
        .isEmpty();
    client.close();
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  @Test
  void aServerOfScandiumFollowsOurClientByItsConnectionId() throws IOException {
    RunningProgram server = serve("scandium", List.of());
    RunningProgram client = started.own(laptop.start(programs.teletun(clientOptions())));
    client.awaitLine(Pattern.compile("^connected as " + NAMED_BY_PEER), Programs.LIMIT);
    awaitAnswers(server, 3);
    Path pcap = programs.lab().directory().resolve("wan.pcap");

    try (Closeable _ = rebindNat();
        Closeable _ = node.capture("eth0", pcap)) {
      laptop.run("ping", "-c5", "-i0.2", "-W2", LabNet.POD_WEB.v4()).orThrow();
      awaitAnswers(server, 5);
    }

    assertThat(read(pcap, "udp and src port %d and dst portrange 40000-40100".formatted(PORT)))
        .as("datagrams to the client's new port")
        .isNotEmpty();
    assertThat(read(pcap, "udp and udp[8] == 22")).as("handshake records").isEmpty();
  }

  private RunningProgram dial(String library, List<String> forged) throws IOException {
    List<String> words = new ArrayList<>(List.of("client", library, programs.keys().toString()));
    words.addAll(List.of(LabNet.NODE.v4(), "" + LabNet.NODE_PORT, LabNet.POD_ECHO.v4()));
    words.addAll(forged);
    RunningProgram client = started.own(laptop.start(java(words)));
    client.awaitLine(Pattern.compile("^is " + LabNet.POD_CLUSTER.v4()), Programs.LIMIT);
    return client;
  }

  private RunningProgram serve(String library, List<String> forged) throws IOException {
    List<String> words = new ArrayList<>(List.of("server", library, programs.keys().toString()));
    words.addAll(List.of(LabNet.NODE.v4(), "" + PORT, LabNet.POD_WEB.v4()));
    words.addAll(forged);
    RunningProgram server = started.own(node.start(java(words)));
    server.awaitLine(Pattern.compile("^listens"), Programs.LIMIT);
    return server;
  }

  private static String[] java(List<String> words) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    line.addAll(List.of("-Xmx64m", "-cp", System.getProperty("java.class.path")));
    line.add(Peer.class.getName());
    line.addAll(words);
    return line.toArray(String[]::new);
  }

  /** What the peer serves is no name server: so without DNS and the first round trip. */
  private static String[] clientOptions() {
    return new String[] {
      "client",
      "-address=" + LabNet.NODE.v4(),
      "-port=" + PORT,
      "-server-pubkey=" + programs.keys().resolve("server.crt"),
      "-client-pubkey=" + programs.keys().resolve("client.crt"),
      "-client-privkey=" + programs.keys().resolve("client.key"),
      "-route=" + LabNet.PODS.v4(),
      "-check=off",
      "-dns=off"
    };
  }

  /** So many more than there are now. */
  private static void awaitAnswers(RunningProgram peer, int more) throws IOException {
    long enough = answers(peer) + more;
    Until.holds(() -> assertThat(answers(peer)).as(peer.output()).isGreaterThanOrEqualTo(enough));
  }

  private static long answers(RunningProgram peer) throws IOException {
    return peer.output().lines().filter(line -> line.startsWith("answer ")).count();
  }

  /** The NAT router forgets the flow and chooses another port, until closed. */
  private static Closeable rebindNat() throws IOException {
    Host router = programs.lab().router();
    router
        .shell(
            "nft 'table ip rebind { chain p { type nat hook postrouting priority 90;"
                + " ip saddr %s udp dport { %d, %d } masquerade to :40000-40100; }; }'"
                    .formatted(LabNet.LAPTOP.v4(), LabNet.NODE_PORT, PORT))
        .orThrow();
    router.run("conntrack", "-F").orThrow();
    return () -> {
      router.run("nft", "delete", "table", "ip", "rebind").orThrow();
      router.run("conntrack", "-F").orThrow();
    };
  }

  private static int associations() throws IOException {
    return (int)
        external.output().lines().filter(l -> l.startsWith("data association with")).count();
  }

  private static String status() throws IOException {
    return programs.lab().podExternal().run(programs.teletun("status", "-output=json")).orThrow();
  }

  private static Host web() {
    return programs.lab().web();
  }

  private static List<String> read(Path pcap, String filter) throws IOException {
    return node.run("tcpdump", "-nr", pcap.toString(), filter).orThrow().lines().toList();
  }
}
