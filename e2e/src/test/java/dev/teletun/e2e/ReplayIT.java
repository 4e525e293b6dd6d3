package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Attacker;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody on the path recorded is worth nothing once there are new keys. */
@Tag("netns")
@Timeout(120)
class ReplayIT {
  private static final int RECORDS = 1_000;
  private static final int DATAGRAMS = 20_000;
  private static final int PER_SECOND = 5_000;
  private static final Duration ATTACK = Duration.ofSeconds(60);

  @Test
  void recordsOfOldKeysReachNobody() throws IOException {
    try (Programs programs = Programs.in("rpl", LabOptions.DEFAULT)) {
      programs.startCluster();
      final RunningProgram external = programs.startExternal();
      Lab lab = programs.lab();
      Path oldAtNode = lab.directory().resolve("old-node.pcap");
      Path oldAtRouter = lab.directory().resolve("old-router.pcap");
      Path newAtNode = lab.directory().resolve("new-node.pcap");
      Path newAtRouter = lab.directory().resolve("new-router.pcap");
      try (Closeable _ = lab.node().capture("cni0", oldAtNode);
          Closeable _ = lab.router().capture("lan0", oldAtRouter)) {
        programs.connect("--rekey-records=" + RECORDS);
        ping(programs, RECORDS / 2);
      }
      try (Closeable _ = lab.node().capture("cni0", newAtNode);
          Closeable _ = lab.router().capture("lan0", newAtRouter)) {
        ping(programs, 3 * RECORDS);
      }
      long changes = associations(external);
      assertThat(changes).as("new keys, and those after them").isGreaterThan(2);
      final long atLaptop = Programs.packetsWritten(lab.laptop());
      final long atPod = Programs.packetsWritten(lab.podCluster());

      attack(Attacker.ofServer(lab, newAtNode), oldAtNode, lab.podExternal());
      attack(Attacker.ofClient(lab, newAtRouter), oldAtRouter, lab.laptop());

      ping(programs, 1);
      assertThat(Programs.packetsWritten(lab.laptop()) - atLaptop).as("an answer").isEqualTo(1);
      assertThat(Programs.packetsWritten(lab.podCluster()) - atPod).as("one ping").isEqualTo(1);
      assertThat(associations(external)).isEqualTo(changes);
    }
  }

  /** At least what comes from the peer's address gets to the program. */
  private static void attack(Attacker attacker, Path old, Host victim) throws IOException {
    long before = Programs.datagramsReceived(victim);
    try (RunningProgram replay = attacker.replay(old, DATAGRAMS, PER_SECOND)) {
      assertThat(replay.awaitExit(ATTACK)).as(replay.output()).isZero();
    }
    assertThat(Programs.datagramsReceived(victim) - before).isGreaterThan(DATAGRAMS / 3);
  }

  /** None is lost. */
  private static void ping(Programs programs, int count) throws IOException {
    programs
        .laptop()
        .run(ATTACK, "ping", "-q", "-i0.005", "-c" + count, "-W5", LabNet.POD_ECHO.v4())
        .orThrow();
  }

  private static long associations(RunningProgram external) throws IOException {
    return external.output().lines().filter(l -> l.startsWith("data association with")).count();
  }
}
