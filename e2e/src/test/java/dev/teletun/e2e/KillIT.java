package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The client is killed at any moment: the laptop is as it was, in the modes that users get by the
 * kernel alone, and the next client finds the slot free.
 *
 * <p>{@code -Dteletun.kills=500} kills as often, {@code -Dteletun.seed=N} at the same moments
 * again.
 */
@Tag("netns")
@Timeout(3600)
class KillIT {
  private static final int KILLS = Integer.getInteger("teletun.kills", 15);
  private static final int WITH_DOCKER = 5;

  private static Programs programs;
  private static Host laptop;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("kill");
    laptop = programs.laptop();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void removeDocker() throws IOException {
    laptop.run("nft", "flush", "ruleset").orThrow();
  }

  @Test
  void aKillAtAnyMomentLeavesTheLaptopAsItWas() throws IOException {
    try (Kills kills = new Kills(programs, laptop, "kernel")) {
      kills.run(KILLS, Undone::byTheKernel);
    }
  }

  @Test
  void aKillLeavesNothingBesideDockersTableEither() throws IOException {
    Undone.addDocker(laptop);

    try (Kills kills = new Kills(programs, laptop, "docker")) {
      kills.run(WITH_DOCKER, Undone::byTheKernel);
    }
  }

  @Test
  void aKillUnderLoadLeavesTheLaptopAsItWas() throws IOException {
    Undone undone = Undone.since(laptop);
    try (Kills kills = new Kills(programs, laptop, "load")) {
      for (int i = 0; i < 5; i++) {
        RunningProgram client = kills.connect();
        try (RunningProgram transfer =
            laptop.start(
                "curl",
                "-sS",
                "-o/dev/null",
                "http://%s/bytes/1000000000".formatted(LabNet.WEB_NAME))) {
          Until.holds(() -> assertThat(received()).isGreaterThan(1_000_000));
          kills.moment(100);
          client.kill();

          undone.byTheKernel();
          assertThat(transfer.isAlive()).as("a transfer was under way").isTrue();
        }
      }
    }
  }

  private static long received() throws IOException {
    return Long.parseLong(
        laptop.run("cat", "/sys/class/net/tel0/statistics/rx_bytes").orThrow().strip());
  }
}
