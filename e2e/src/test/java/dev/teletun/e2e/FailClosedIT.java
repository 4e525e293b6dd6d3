package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a laptop sends to the cluster while no client is there: the router on its LAN counts. */
@Tag("netns")
@Timeout(120)
class FailClosedIT {
  private static final String FENCE = "-fail-closed";
  private static final String NONE = "packets 0 ";

  private static Programs programs;

  @BeforeAll
  static void start() throws IOException {
    programs = Programs.servers("fence");
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void count() throws IOException {
    router()
        .shell(
            """
            nft 'add table inet seen; delete table inet seen; table inet seen {
              counter cluster { }
              chain c {
                type filter hook prerouting priority raw;
                iifname lan0 ip daddr { %s, %s } counter name cluster
                iifname lan0 ip6 daddr { %s, %s } counter name cluster
              }
            }'
            """
                .formatted(
                    LabNet.SERVICES.v4(), LabNet.PODS.v4(), LabNet.SERVICES.v6(), LabNet.PODS.v6()))
        .orThrow();
  }

  @Test
  void nothingLeaksOnceTheClientIsKilledUntilCleanup() throws IOException {
    Undone undone = Undone.since(laptop());
    try (RunningProgram client = programs.connect()) {
      client.kill();
    }
    talk();
    assertThat(counted()).as("without the option").doesNotContain(NONE);
    count();

    try (RunningProgram client = programs.connect(FENCE)) {
      client.kill();
    }
    assertThat(talk()).contains("No route to host");
    assertThat(counted()).contains(NONE);

    assertThat(laptop().run(programs.teletun("cleanup")).orThrow())
        .contains("unreachable routes of -fail-closed");
    undone.now();
  }

  @Test
  void theNextClientTakesTheFenceOverAndAnOrderlyEndTakesItAway() throws IOException {
    Undone undone = Undone.since(laptop());
    try (RunningProgram client = programs.connect(FENCE)) {
      client.kill();
    }
    try (RunningProgram client = programs.connect(FENCE)) {
      assertThat(laptop().run("curl", "-sS", "-m5", "http://" + LabNet.WEB_SERVICE.v4()).stdout())
          .contains("serves");
      assertThat(client.output()).doesNotContain("collide").doesNotContain("warning");
      client.signal("TERM");
      client.awaitExit(Programs.LIMIT);
    }
    assertThat(counted()).contains(NONE);
    undone.inOrder();
  }

  /** The guardian cleans up after a crash, but this is what the option is for. */
  @Test
  void theGuardianLeavesIt() throws IOException {
    Undone undone = Undone.since(laptop());
    String before = laptop().resolvConf();
    try (RunningProgram client = programs.connect(FENCE, "-dns=direct")) {
      client.kill();
    }
    Until.holds(() -> assertThat(laptop().resolvConf()).isEqualTo(before));
    talk();
    assertThat(counted()).contains(NONE);
    laptop().run(programs.teletun("cleanup")).orThrow();
    undone.now();
  }

  /** A connection that ends by itself is no end that the user asked for. */
  @Test
  void itStaysWhenTheConnectionFails() throws IOException {
    Undone undone = Undone.since(laptop());
    try (RunningProgram client = programs.connect(FENCE)) {
      laptop().run("ip", "link", "del", "tel0").orThrow();
      assertThat(client.awaitExit(Programs.LIMIT)).isNotZero();
      assertThat(client.output()).contains("packets for the cluster go nowhere until");
    }
    talk();
    assertThat(counted()).contains(NONE);
    laptop().run(programs.teletun("cleanup")).orThrow();
    undone.now();
  }

  private static String talk() throws IOException {
    return laptop()
        .shell(
            """
            for address in %s %s %s %s; do
              nc -vz -w1 $address 80; ping -c1 -W1 $address
            done 2>&1
            ip route get %s 2>&1
            true
            """
                .formatted(
                    LabNet.WEB_SERVICE.v4(),
                    LabNet.POD_WEB.v4(),
                    LabNet.WEB_SERVICE.v6(),
                    LabNet.POD_WEB.v6(),
                    LabNet.WEB_SERVICE.v4()))
        .orThrow();
  }

  private static String counted() throws IOException {
    return router().run("nft", "list", "counter", "inet", "seen", "cluster").orThrow();
  }

  private static Host laptop() {
    return programs.laptop();
  }

  private static Host router() {
    return programs.lab().router();
  }
}
