package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code -strict-routes}, whose rules outlive a kill, and {@code -plan}, which says what changes.
 */
@Tag("netns")
@Timeout(180)
class StrictRoutesIT {
  private static final String TAKEN = "10.96.200.0/24"; // FAR_SERVICE is in it

  private static Programs programs;
  private static Host laptop;

  private final CloseStack started = new CloseStack();

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("stric");
    laptop = programs.laptop();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void end() throws IOException {
    started.close();
  }

  /** TunnelVision: rejected in the default mode, without effect in this one. */
  @Test
  void aLongerRouteOfAStrangerTakesNothingAway() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();
    laptop.run("ip", "route", "add", TAKEN, "via", LabNet.ROUTER_LAN.v4()).orThrow();

    assertThat(fetchFar()).contains("serves");

    laptop.run("ip", "route", "del", TAKEN).orThrow();
    client.signal("TERM");
    assertThat(client.awaitExit(Programs.LIMIT)).as(client.output()).isEqualTo(143);
    undone.inOrder();
  }

  @Test
  void putsItsRulesBack() throws IOException {
    connect();
    laptop.run("ip", "rule", "del", "pref", "4800").orThrow();

    Until.holds(() -> assertThat(laptop.run("ip", "rule").orThrow()).contains("4800:", "proto 84"));
  }

  @Test
  void theGuardianRemovesItsRules() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();

    client.kill();

    undone.byTheGuardian();
  }

  @Test
  void cleanupRemovesItsRulesAlsoWithoutAJournal() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();
    laptop.run("ip", "rule", "add", "pref", "4800", "lookup", "77").orThrow(); // a stranger's
    Kills.killGuardian(laptop);
    client.kill();
    laptop.shell("rm -r /var/lib/teletun").orThrow();

    assertThat(laptop.run(programs.teletun("cleanup")).orThrow()).contains("removed 2 rules");

    laptop.run("ip", "rule", "del", "pref", "4800", "lookup", "77").orThrow();
    undone.inOrder();
  }

  @Test
  void saysWhatItIsGoingToChangeAndChangesNothingIfOnlyThatIsWanted() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram planning = started.own(programs.startClient("-plan=only", "-strict-routes"));

    assertThat(planning.awaitExit(Programs.LIMIT)).as(planning.output()).isZero();
    assertThat(planning.output())
        .contains(
            "ip address add %s/32 dev tel0".formatted(LabNet.POD_CLUSTER.v4()),
            "ip route add %s dev tel0 proto 84 (-route)".formatted(LabNet.SERVICES.v4()),
            "ip rule add",
            "DNS: nft add table",
            "nothing was changed")
        .doesNotContain("connected as");
    undone.inOrder();

    RunningProgram client = started.own(programs.connect("-plan"));
    assertThat(client.output().indexOf("ip address add")).isPositive();
    assertThat(client.output().indexOf("connected as"))
        .isGreaterThan(client.output().indexOf("ip address add"));
  }

  private RunningProgram connect() throws IOException {
    return started.own(programs.connect("-strict-routes"));
  }

  private static String fetchFar() throws IOException {
    return laptop
        .run("curl", "-sS", "-m5", "http://%s/".formatted(LabNet.FAR_SERVICE.v4()))
        .stdout();
  }
}
