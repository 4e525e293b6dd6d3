package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
  private static final int KILLS = Integer.getInteger("teletun.kills", 20);
  private static final long SEED = Long.getLong("teletun.seed", System.nanoTime());
  private static final int WITH_DOCKER = 10;
  private static final int GUARDED = KILLS * 2 / 5;
  private static final String LEAVES_SOMETHING = "-dns=direct";
  private static final String GUARDIAN = "teletun-guardian|Main cleanup";
  private static final int LONGEST_CONNECTED_MILLIS = 300;
  private static final int LONGEST_STOP_MILLIS = 60;

  private static Programs programs;
  private static Host laptop;

  private final CloseStack started = new CloseStack();

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("kill", LabOptions.DEFAULT);
    laptop = programs.laptop();
    programs.startCluster();
    programs.startExternal();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void endClientAndDocker() throws IOException {
    started.close();
    laptop.run("nft", "flush", "ruleset").orThrow();
  }

  @Test
  void aKillAtAnyMomentLeavesTheLaptopAsItWas() throws IOException {
    kill(KILLS, new Random(SEED), Undone::byTheKernel);
  }

  @Test
  void aKillLeavesNothingBesideDockersTableEither() throws IOException {
    Undone.addDocker(laptop);

    kill(WITH_DOCKER, new Random(SEED + 1), Undone::byTheKernel);
  }

  @Test
  void whatAKillLeavesOfADirectModeItsGuardianUndoes() throws IOException {
    long[] longestMillis = {0};
    kill(
        GUARDED,
        new Random(SEED + 3),
        undone -> longestMillis[0] = Math.max(longestMillis[0], undone.byTheGuardian().toMillis()),
        LEAVES_SOMETHING);
    System.out.printf("by the guardian, after at most %d ms%n", longestMillis[0]);
  }

  @Test
  void whatAKillOfTheGuardianTooLeavesTheNextStartUndoes() throws IOException {
    kill(
        GUARDED,
        new Random(SEED + 4),
        undone -> {
          laptop.run("pkill", "-KILL", "-f", GUARDIAN);
          RunningProgram next = connect();
          next.signal("TERM");
          assertThat(next.awaitExit(Programs.LIMIT)).as(next.output()).isEqualTo(143);
          undone.inOrder();
        },
        LEAVES_SOMETHING);
    System.out.println("with the guardian killed too, by the next start");
  }

  @Test
  void aKillUnderLoadLeavesTheLaptopAsItWas() throws IOException {
    Random random = new Random(SEED + 2);
    Undone undone = Undone.since(laptop);
    for (int i = 0; i < 5; i++) {
      RunningProgram client = connect();
      try (RunningProgram transfer =
          laptop.start(
              "curl",
              "-sS",
              "-o/dev/null",
              "http://%s/bytes/1000000000".formatted(LabNet.WEB_NAME))) {
        Until.holds(() -> assertThat(received()).isGreaterThan(1_000_000));
        pause(random.nextInt(100));
        client.kill();

        undone.byTheKernel();
        assertThat(transfer.isAlive()).as("a transfer was under way").isTrue();
      }
    }
  }

  /** What is to be so after each kill. */
  private interface Restored {
    void check(Undone undone) throws IOException;
  }

  /** Six of ten while it comes up, spread evenly, two while it is there, two while it ends. */
  private void kill(int times, Random random, Restored restored, String... options)
      throws IOException {
    Undone undone = Undone.since(laptop);
    Duration bringUp = bringUp(options);
    undone.inOrder();
    int coming = times * 6 / 10;
    int connected = (times - coming) / 2;
    for (int i = 0; i < times; i++) {
      if (i < coming) {
        RunningProgram client = own(programs.startClient(options));
        pause((int) (bringUp.toMillis() * 1.1 * (i + random.nextDouble()) / coming));
        assertThat(client.isAlive()).as("kill %d: %s", i, client.output()).isTrue();
        end(client, undone, restored, i);
      } else if (i < coming + connected) {
        RunningProgram client = connect(options);
        pause(random.nextInt(LONGEST_CONNECTED_MILLIS));
        end(client, undone, restored, i);
      } else {
        RunningProgram client = connect(options);
        client.signal("TERM");
        pause(random.nextInt(LONGEST_STOP_MILLIS));
        end(client, undone, restored, i);
      }
    }
    connect().kill(); // the server has let go of all of them
    undone.byTheKernel();
    System.out.printf(
        "%d of %d kills%s left the laptop clean: %d in %d ms of bring-up, %d connected, %d ending (-Dteletun.seed=%d)%n",
        times,
        times,
        options.length == 0 ? "" : " with " + String.join(" ", options),
        coming,
        bringUp.toMillis(),
        connected,
        times - coming - connected,
        SEED);
  }

  private static void end(RunningProgram client, Undone undone, Restored restored, int index)
      throws IOException {
    client.kill();
    try {
      restored.check(undone);
    } catch (AssertionError e) {
      throw new AssertionError(
          "kill %d with -Dteletun.seed=%d, after: %s".formatted(index, SEED, client.output()), e);
    }
  }

  /** How long a client takes from start to connected. */
  private Duration bringUp(String... options) throws IOException {
    long start = System.nanoTime();
    RunningProgram client = connect(options);
    long end = System.nanoTime();
    client.signal("TERM");
    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(143);
    return Duration.ofNanos(end - start);
  }

  private RunningProgram connect(String... options) throws IOException {
    return own(programs.connect(options));
  }

  private RunningProgram own(RunningProgram client) {
    return started.own(client);
  }

  private static long received() throws IOException {
    return Long.parseLong(
        laptop.run("cat", "/sys/class/net/tel0/statistics/rx_bytes").orThrow().strip());
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
