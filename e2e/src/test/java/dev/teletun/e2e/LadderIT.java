package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.api.PlayedCluster;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * server-external can be dialled at several places, which die and come back: a node port, a host
 * port of the same node, the pod's address and a port-forward, which this API server refuses.
 */
@Tag("netns")
@Timeout(120)
class LadderIT {
  private static final int BETTER_PORT = 30_556;
  private static final String PODS = "/api/v1/namespaces/vpn/pods";
  private static final String SERVICES = "/api/v1/namespaces/vpn/services";
  private static final Pattern CONNECTED = Pattern.compile("^connected as .*");
  private static final Pattern GIVEN_UP = Pattern.compile("^node port .* does not answer; .*");
  private static final Pattern BY_HOST_PORT =
      Pattern.compile("^connected again after .*, by host port ");
  private static final Pattern BETTER =
      Pattern.compile("^a better way to the server: node port .*");

  private static Programs programs;
  private static Host router;

  private PlayedCluster cluster;
  private Trio trio;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("ladd", LabOptions.DEFAULT);
    router = programs.lab().router();
    programs
        .lab()
        .node()
        .run(
            "nft",
            "add rule inet kube services fib daddr type local meta l4proto { tcp, udp } th dport %d jump nodeport"
                .formatted(BETTER_PORT))
        .orThrow();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    trio = Trio.servers(programs);
    cluster = trio.own(programs.playCluster());
    // The addresses of the one-pod layout: the pod that is dialled is the one that the client is.
    cluster
        .api()
        .put(
            PODS,
            "vpn/ext",
            Map.of("app", "ext"),
            """
            "spec":{"nodeName":"lab-node","containers":[{"name":"ext","ports":[
              {"containerPort":%1$d,"hostPort":%2$d,"protocol":"TCP"},
              {"containerPort":%1$d,"hostPort":%2$d,"protocol":"UDP"}]}]},
            "status":{"phase":"Running","podIP":"%3$s","podIPs":[{"ip":"%3$s"}],
              "hostIP":"%4$s","hostIPs":[{"ip":"%4$s"},{"ip":"%5$s"}]}
            """
                .formatted(
                    LabNet.EXTERNAL_PORT,
                    LabNet.NODE_PORT,
                    LabNet.POD_CLUSTER.v4(),
                    LabNet.NODE.v4(),
                    LabNet.NODE.v6()));
    cluster
        .api()
        .put(
            SERVICES,
            "vpn/ext",
            """
            "spec":{"selector":{"app":"ext"},"ports":[
              {"name":"control","port":%1$d,"nodePort":%2$d,"protocol":"TCP"},
              {"name":"data","port":%1$d,"nodePort":%2$d,"protocol":"UDP"}]}
            """
                .formatted(LabNet.EXTERNAL_PORT, BETTER_PORT));
  }

  @AfterEach
  void end() throws IOException {
    unblock();
    trio.close();
  }

  @Test
  void takesTheFirstThatAnswersWhenTheBestIsDead() throws IOException {
    block(BETTER_PORT);

    assertThat(connect()).contains("to host port ", ":30555 on node lab-node"); // of either family

    assertThat(status())
        .contains(
            "node port 172.30.0.2:30556 of Service vpn/ext on node lab-node: no answer yet when another place answered");
  }

  @Test
  void leavesADeadPlaceAndGoesBackToTheBetterOneWithoutLosingAByte() throws IOException {
    assertThat(connect()).contains("to node port ");
    Conversation talk = trio.talk();
    talk.exchange();
    Download download = trio.own(Download.begin(programs.laptop(), 25));
    download.awaitSteadiness();

    block(BETTER_PORT);
    trio.client().awaitLine(GIVEN_UP, Programs.LIMIT);
    trio.client().awaitLine(BY_HOST_PORT, Programs.LIMIT);
    talk.exchange();
    download.awaitProgress();
    unblock();
    trio.client().awaitLine(BETTER, Programs.LIMIT);
    talk.exchange();

    assertThat(download.sha256()).isEqualTo(download.expected());
    talk.exchange();
  }

  @Test
  void namesEachPlaceWithItsReasonWhenNoneAnswers() throws IOException {
    block("meta l4proto tcp %s reject with tcp reset");

    Run client = programs.laptop().run(command());

    assertThat(client.exitCode()).isEqualTo(1);
    assertThat(client.stderr())
        .contains("server-external answers nowhere: ")
        .contains("node port 172.30.0.2:30556 of Service vpn/ext on node lab-node: cannot connect")
        .contains("host port 172.30.0.2:30555 on node lab-node: cannot connect")
        .contains("pod address 10.244.0.3:5555 of ")
        .contains("port-forward through 172.30.0.2:");
  }

  @Test
  void goesByIpv6WhereOnlyThatAnswers() throws IOException {
    block("meta nfproto ipv4 %s drop");

    assertThat(connect()).contains("to node port [fd00:30::2]:30556 of Service vpn/ext");

    trio.talk().exchange();
  }

  @Test
  void dialsNoPodAddressThatIsRoutedIntoTheTunnel() throws IOException {
    connect();
    Conversation talk = trio.talk();
    talk.exchange();

    block("%s drop");
    talk.ask();
    Until.holds(() ->
        assertThat(status())
            .contains("pod address 10.244.0.3:5555 of ")
            .contains("10.244.0.3 is routed into the tunnel"));
    unblock();
    trio.client().awaitLine(Pattern.compile("^connected again"), Programs.LIMIT);
    talk.exchange();
  }

  private String connect() throws IOException {
    RunningProgram client = trio.become(trio.own(programs.laptop().start(command())));
    return client.awaitLine(CONNECTED, Programs.LIMIT);
  }

  private String[] command() throws IOException {
    return programs.bareClientCommand(
        "-pod=vpn/ext",
        "-kubeconfig=" + cluster.kubeconfig(programs.lab().directory()),
        "-port=" + LabNet.EXTERNAL_PORT);
  }

  private static String status() throws IOException {
    return programs.laptop().run(programs.teletun("status", "-output=json")).orThrow();
  }

  private static void block(int port) throws IOException {
    block("th dport %1$d drop; meta l4proto { tcp, udp } th sport %1$d drop".formatted(port));
  }

  /** {@code rule} begins and ends as it says, with both ports in the middle. */
  private static void block(String rule) throws IOException {
    String ports = "th dport { %d, %d }".formatted(BETTER_PORT, LabNet.NODE_PORT);
    router
        .shell(
            "nft 'table inet blocked { chain f { type filter hook forward priority -10; meta l4proto { tcp, udp } %s; }; }'"
                .formatted(rule.formatted(ports)))
        .orThrow();
  }

  private static void unblock() throws IOException {
    // Declared first, so that deleting it never fails: nft before 1.0.7 has no "destroy".
    router.shell("nft 'table inet blocked; delete table inet blocked'").orThrow();
  }
}
