package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What other programs of the host do to our device. */
@Tag("netns")
@Timeout(120)
class DeviceTroubleIT {
  private static final int FAILED = 1;

  private static Programs programs;
  private static Host laptop;

  @BeforeAll
  static void startPair() throws IOException {
    programs = Programs.servers("devic");
    laptop = programs.laptop();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void endsInOrderWhenItsDeviceIsDeleted() throws IOException {
    HostSnapshot before = programs.laptopNow();
    RunningProgram client = programs.connect();

    laptop.run("ip", "link", "delete", "tel0").orThrow();

    assertThat(client.awaitExit(Programs.LIMIT)).as(client.output()).isEqualTo(FAILED);
    assertThat(client.output())
        .contains("The device was deleted (\"ip link del\"?)")
        .doesNotContain("\tat ");
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  @Test
  void goesOnWhenItsDeviceWasDownForAWhile() throws IOException {
    HostSnapshot before = programs.laptopNow();
    try (RunningProgram client = programs.connect()) {
      laptop.run("ip", "link", "set", "tel0", "down").orThrow();
      Until.holds(() -> assertThat(client.output()).contains("routes cannot follow the cluster"));
      assertThat(ping()).isFalse();

      laptop.run("ip", "link", "set", "tel0", "up").orThrow();

      Until.holds(() -> assertThat(ping()).isTrue());
      assertThat(client.isAlive()).isTrue();
    }
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  private static boolean ping() throws IOException {
    return laptop.run("ping", "-c1", "-W1", LabNet.POD_ECHO.v4()).ok();
  }
}
