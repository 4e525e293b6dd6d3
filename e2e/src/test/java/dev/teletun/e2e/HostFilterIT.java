package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Which packets of the laptop meet the tunnel: what comes in, what would leak, what is forwarded.
 */
@Tag("netns")
@Timeout(120)
class HostFilterIT {
  private static final DualStack P = LabNet.POD_CLUSTER;
  private static final int EXPOSED = 9090;
  private static final int HIDDEN = 9091;
  private static final int FOR_WEB_ALONE = 9095;
  private static final int EXPOSED_UDP = 9053;
  private static final int HIDDEN_UDP = 9054;
  private static final String TAKEN = "10.96.200.0/24"; // FAR_SERVICE is in it

  private static Programs programs;
  private static RunningProgram client;

  @BeforeAll
  static void connect() throws IOException {
    programs = Programs.servers("filt");
    for (int port : List.of(EXPOSED, HIDDEN, FOR_WEB_ALONE)) {
      programs.lab().startWebServer(laptop(), port);
    }
    for (int port : List.of(EXPOSED_UDP, HIDDEN_UDP)) {
      laptop().start("socat", "UDP6-RECVFROM:%d,ipv6only=0,fork".formatted(port), "EXEC:cat");
    }
    client =
        programs.connect(
            "-expose=" + EXPOSED,
            "-expose=%d:from=%s/32".formatted(FOR_WEB_ALONE, LabNet.POD_WEB.v4()),
            "-expose=%d/udp".formatted(EXPOSED_UDP));
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void takesWhatIsExposedAndRefusesTheRest() throws IOException {
    for (String address : List.of(P.v4(), P.v6())) {
      assertThat(dial(web(), address, EXPOSED)).contains("succeeded");
      assertThat(dial(web(), address, HIDDEN)).contains("refused");
      assertThat(web().run("ping", "-c1", "-W2", address).ok()).isTrue();
    }
    assertThat(dial(web(), P.v4(), FOR_WEB_ALONE)).contains("succeeded");
    assertThat(dial(programs.lab().web2(), P.v4(), FOR_WEB_ALONE)).contains("refused");
    assertThat(dial(web(), P.v6(), FOR_WEB_ALONE)).contains("refused");

    assertThat(ask(EXPOSED_UDP).stdout()).isEqualTo("hello\n");
    assertThat(ask(HIDDEN_UDP).stderr()).contains("Connection refused");

    Until.holds(() ->
        assertThat(client.output())
            .contains("tried to reach a port of this host that is not exposed"));
    assertThat(dial(laptop(), P.v4(), HIDDEN)).as("the laptop itself").contains("succeeded");
  }

  /** TunnelVision: a DHCP server pushes a longer route to itself. */
  @Test
  void rejectsWhatALongerRouteOfAStrangerWouldTakeOut() throws IOException {
    count();
    assertThat(fetchFar().ok()).isTrue();

    laptop().run("ip", "route", "add", TAKEN, "via", LabNet.ROUTER_LAN.v4()).orThrow();
    try {
      Until.holds(() ->
          assertThat(client.output())
              .contains("somebody has routed %s, a part of the cluster".formatted(TAKEN)));

      assertThat(fetchFar().stderr()).contains("Couldn't connect");
      assertThat(laptop().run("ping", "-c2", "-W1", LabNet.FAR_SERVICE.v4()).ok()).isFalse();
      Until.holds(() ->
          assertThat(client.output())
              .contains("packets for %s would have left".formatted(LabNet.FAR_SERVICE.v4())));
      assertThat(counted()).as("packets that the LAN saw").contains("packets 0 ");
    } finally {
      laptop().run("ip", "route", "del", TAKEN).orThrow();
    }
    assertThat(fetchFar().ok()).isTrue();
  }

  /** A LAN that the laptop joins while connected is reached, also where the cluster overlaps it. */
  @Test
  void leavesALinkThatTheLaptopJoinsAlone() throws IOException {
    String lan =
        laptop()
            .shell("ip -o route get %s | sed 's/.* dev //;s/ .*//'".formatted(LabNet.NODE.v4()))
            .orThrow()
            .strip();
    laptop().run("ip", "addr", "add", "10.96.77.1/24", "dev", lan).orThrow();
    router().run("ip", "addr", "add", "10.96.77.2/24", "dev", "lan0").orThrow();
    try {
      Until.holds(() -> assertThat(laptop().run("ping", "-c1", "-W1", "10.96.77.2").ok()).isTrue());
    } finally {
      laptop().run("ip", "addr", "del", "10.96.77.1/24", "dev", lan).orThrow();
      router().run("ip", "addr", "del", "10.96.77.2/24", "dev", "lan0").orThrow();
    }
  }

  @Test
  void rejectsWhatOthersForwardThroughTheLaptop() throws IOException {
    String service = LabNet.WEB_SERVICE.v4();
    laptop().run("sysctl", "-w", "net.ipv4.ip_forward=1").orThrow();
    router().run("ip", "route", "add", service, "via", LabNet.LAPTOP.v4()).orThrow();
    try {
      assertThat(router().run("ping", "-c1", "-W2", service).stdout()).contains("Packet filtered");
      Until.holds(() ->
          assertThat(client.output()).contains("sent packets for the cluster through this host"));
    } finally {
      router().run("ip", "route", "del", service).orThrow();
      laptop().run("sysctl", "-w", "net.ipv4.ip_forward=0").orThrow();
    }
  }

  private static String dial(Host from, String address, int port) throws IOException {
    Run run = from.run("nc", "-vz", "-w3", address, String.valueOf(port));
    return run.stdout() + run.stderr();
  }

  private static Run ask(int port) throws IOException {
    return web().shell("echo hello | socat -t2 - UDP:%s:%d".formatted(P.v4(), port));
  }

  private static Run fetchFar() throws IOException {
    return laptop().run("curl", "-sS", "-m5", "http://%s/".formatted(LabNet.FAR_SERVICE.v4()));
  }

  private static void count() throws IOException {
    router()
        .shell(
            "nft 'table ip seen { counter cluster { }; chain c { type filter hook prerouting priority raw; iifname lan0 ip daddr %s counter name cluster; }; }'"
                .formatted(LabNet.SERVICES.v4()))
        .orThrow();
  }

  private static String counted() throws IOException {
    return router().run("nft", "list", "counter", "ip", "seen", "cluster").orThrow();
  }

  private static Host laptop() {
    return programs.laptop();
  }

  private static Host web() {
    return programs.lab().web();
  }

  private static Host router() {
    return programs.lab().router();
  }
}
