package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two clients on one laptop, each with a pair of its own: the first has the services, the second
 * the pods, and neither touches what is the other's.
 */
@Tag("netns")
@Timeout(120)
class TwoClientsIT {
  private static final Pattern READY = Pattern.compile("^ready");
  private static final Pattern CONNECTED = Pattern.compile("^connected as");
  private static final int SECOND_NODE_PORT = 30_556;
  private static final int SECOND_EXTERNAL_PORT = 5_556;
  private static final int FAILED = 1;
  private static final int BUSY = 5;
  private static final int TERMINATED = 128 + 15;

  private static Programs programs;
  private static Host laptop;

  private final CloseStack started = new CloseStack();
  private Undone undone;
  private RunningProgram first;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("twocl");
    laptop = programs.laptop();
    startSecondPair();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void connectFirst() throws IOException {
    undone = Undone.since(laptop);
    first = started.own(programs.connectWith(routes(LabNet.SERVICES)));
  }

  @AfterEach
  void leaveTheLaptopAsItWas() throws IOException {
    started.close();
    undone.now();
  }

  @Test
  void bothWorkAndAKillTakesOneAlone() throws IOException {
    Undone alone = Undone.since(laptop);
    RunningProgram second = connectSecond(routes(LabNet.PODS));
    servicesAnswer();
    podsAnswer();

    second.kill();
    alone.byTheKernel();
    servicesAnswer();

    connectSecond(routes(LabNet.PODS));
    podsAnswer();
    first.kill();
    Until.holds(() -> assertThat(laptop.run("ip", "link", "show", "tel0").ok()).isFalse());
    podsAnswer();

    started.own(programs.connectWith(routes(LabNet.SERVICES))); // its table is the newer one now
    servicesAnswer();
    podsAnswer();
  }

  @Test
  void theFirstMayEndBeforeTheSecond() throws IOException {
    RunningProgram second = connectSecond(routes(LabNet.PODS));

    first.signal("TERM");

    assertThat(first.awaitExit(Programs.LIMIT)).isEqualTo(TERMINATED);
    podsAnswer();
    second.signal("TERM");
    assertThat(second.awaitExit(Programs.LIMIT)).isEqualTo(TERMINATED);
    undone.inOrder();
  }

  @Test
  void aPrefixOfTheOtherIsRefusedWithTheWayOut() throws IOException {
    Undone alone = Undone.since(laptop);
    RunningProgram second =
        startSecond("-routes=none", "-route=10.96.128.0/20", "-route=" + LabNet.PODS.v4());

    assertThat(second.awaitExit(Programs.LIMIT)).isEqualTo(FAILED);

    assertThat(second.output())
        .contains("10.96.128.0/20 is routed already", "through tel0", "-exclude=10.96.128.0/20")
        .containsPattern("the client with process id %s,.*kill".formatted(processOfFirst()));
    alone.now();
    servicesAnswer();
    connectSecond(
        "-routes=none",
        "-route=10.96.128.0/20",
        "-route=" + LabNet.PODS.v4(),
        "-exclude=10.96.128.0/20");
    answer(LabNet.POD_WEB.v4());
    servicesAnswer();
  }

  @Test
  void aSecondOneForTheSamePodIsRefused() throws IOException {
    Undone alone = Undone.since(laptop);
    RunningProgram second = started.own(laptop.start(programs.clientCommand(routes(LabNet.PODS))));

    assertThat(second.awaitExit(Programs.LIMIT)).isEqualTo(BUSY);

    assertThat(second.output()).contains("@laptop", "-takeover");
    alone.now();
    servicesAnswer();
  }

  /** A pair in other pods, whose cluster DNS is a pod's address; on a node port of its own. */
  private static void startSecondPair() throws IOException {
    Path socket = programs.sockfile().resolveSibling("../second/socket").normalize();
    Host pod = programs.lab().echo();
    pod.shell("echo nameserver %s >/etc/resolv.conf".formatted(LabNet.POD_DNS.v4())).orThrow();
    List<String> cluster =
        new ArrayList<>(
            List.of("setpriv", "--bounding-set=-all,+net_admin", "--inh-caps=-all,+net_admin"));
    cluster.addAll(
        List.of(
            programs.teletun(
                "server-cluster", "-sockfile=" + socket, "-peer-uid=" + Programs.EXTERNAL_UID)));
    pod.start(cluster.toArray(String[]::new)).awaitLine(READY, Programs.LIMIT);
    assertThat(Files.exists(socket)).isTrue();
    programs.startExternalAt(SECOND_EXTERNAL_PORT, socket);
    programs
        .lab()
        .node()
        .runWithInput(
            """
            add table ip second
            add chain ip second in { type nat hook prerouting priority -110; }
            add rule ip second in meta l4proto { tcp, udp } th dport %d dnat to %s:%d
            """
                .formatted(SECOND_NODE_PORT, LabNet.POD_EXTERNAL.v4(), SECOND_EXTERNAL_PORT),
            "nft",
            "-f",
            "-")
        .orThrow();
  }

  private RunningProgram connectSecond(String... options) throws IOException {
    RunningProgram second = startSecond(options);
    second.awaitLine(CONNECTED, Programs.LIMIT);
    return second;
  }

  private RunningProgram startSecond(String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of(options));
    line.add("-address=" + LabNet.NODE.v4());
    line.add("-port=" + SECOND_NODE_PORT);
    return started.own(laptop.start(programs.bareClientCommand(line.toArray(String[]::new))));
  }

  private static String[] routes(DualStack prefixes) {
    return new String[] {"-routes=none", "-route=" + prefixes.v4(), "-route=" + prefixes.v6()};
  }

  private static String processOfFirst() throws IOException {
    return laptop.run("pgrep", "-o", "-x", "java").orThrow().strip();
  }

  private static void servicesAnswer() throws IOException {
    answer(LabNet.WEB_SERVICE.v4());
    answer(LabNet.WEB_SERVICE.v6Bracketed());
    answer(LabNet.WEB_NAME);
  }

  private static void podsAnswer() throws IOException {
    answer(LabNet.POD_WEB.v4());
    answer(LabNet.POD_WEB.v6Bracketed());
  }

  private static void answer(String host) throws IOException {
    assertThat(laptop.run("curl", "-sS", "-m10", "http://" + host).orThrow()).contains("serves");
  }
}
