package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The client ends at any moment, by kill -9 or a signal: without any help the laptop is as it was.
 */
@Tag("netns")
@Timeout(300)
class KillIT {
  private static final long SEED = 20_261_121;
  private static final int MOMENTS = 50;
  private static final int WITH_DOCKER = 10;
  private static final int LONGEST_MILLIS = 3_000; // bring-up takes about half of it
  private static final int QUERY_PORT = 40_053;

  /** What Docker makes of a host, in nftables' words; it keeps connection tracking on. */
  private static final String DOCKER =
      """
      table ip nat {
        chain DOCKER { iifname "docker0" return; }
        chain PREROUTING {
          type nat hook prerouting priority dstnat; policy accept;
          fib daddr type local jump DOCKER
        }
        chain OUTPUT {
          type nat hook output priority -100; policy accept;
          ip daddr != 127.0.0.0/8 fib daddr type local jump DOCKER
        }
        chain POSTROUTING {
          type nat hook postrouting priority srcnat; policy accept;
          ip saddr 172.17.0.0/16 oifname != "docker0" masquerade
        }
      }
      """;

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
    Counts counts = killAtRandom(MOMENTS, new Random(SEED));

    assertThat(counts.whileComing).as("killed during bring-up").isPositive();
    assertThat(counts.whileThere).as("killed while connected").isPositive();
    changesNothing();
  }

  @Test
  void aKillLeavesNothingBesideDockersTableEither() throws IOException {
    laptop.runWithInput(DOCKER, "nft", "-f", "-").orThrow();

    Counts counts = killAtRandom(WITH_DOCKER, new Random(SEED + 1));

    assertThat(counts.whileComing + counts.whileThere).isEqualTo(WITH_DOCKER);
    changesNothing();
  }

  @Test
  void aKillUnderLoadLeavesTheLaptopAsItWas() throws IOException {
    Random random = new Random(SEED + 2);
    HostSnapshot before = programs.laptopNow();
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

        isAsBefore(before);
        assertThat(transfer.isAlive()).as("a transfer was under way").isTrue();
      }
    }
  }

  @Test
  void cleanupForgetsTheFlowsThatDockersTableKeptAlive() throws IOException {
    laptop.runWithInput(DOCKER, "nft", "-f", "-").orThrow();
    HostSnapshot before = programs.laptopNow();
    RunningProgram client = connect();
    assertThat(digFromOnePort().stdout().strip()).isEqualTo(LabNet.SPLIT_FIRST);
    client.kill();
    isAsBefore(before);
    assertThat(redirected()).as("the kernel remembers the way to the stub").isNotEmpty();

    assertThat(cleanup()).contains("forget");

    assertThat(redirected()).isEmpty();
    assertThat(digFromOnePort().stdout().strip()).isEqualTo(LabNet.SPLIT_FIRST);
    assertThat(cleanup()).contains("nothing to repair");
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  @Test
  void cleanupTouchesNothingOfALiveClient() throws IOException {
    laptop.runWithInput(DOCKER, "nft", "-f", "-").orThrow();
    RunningProgram client = connect();
    digFromOnePort();
    HostSnapshot connected = programs.laptopNow();
    List<String> flows = redirected();
    assertThat(flows).isNotEmpty();

    assertThat(cleanup()).contains("nothing to repair");

    assertThat(connected.differences(programs.laptopNow())).isEmpty();
    assertThat(redirected()).containsAll(flows);
    assertThat(laptop.run("curl", "-sS", "-m5", "http://" + LabNet.WEB_NAME).stdout())
        .contains("serves");
    assertThat(client.isAlive()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
  void aSignalEndsItInOrder(String signal, int exitCode) throws IOException {
    laptop.runWithInput(DOCKER, "nft", "-f", "-").orThrow();
    HostSnapshot before = programs.laptopNow();
    RunningProgram client = connect();
    digFromOnePort();
    assertThat(redirected()).isNotEmpty();

    client.signal(signal);

    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(exitCode);
    assertThat(before.differences(programs.laptopNow())).isEmpty();
    assertThat(redirected()).isEmpty();
    namesResolveAsBefore();
  }

  private static final class Counts {
    int whileComing;
    int whileThere;
  }

  private static Counts killAtRandom(int times, Random random) throws IOException {
    HostSnapshot before = programs.laptopNow();
    Counts counts = new Counts();
    for (int i = 0; i < times; i++) {
      int moment = random.nextInt(LONGEST_MILLIS);
      RunningProgram client = programs.startClient();
      pause(moment);
      assertThat(client.isAlive()).as("%d ms: %s", moment, client.output()).isTrue();
      client.kill();
      if (client.output().contains("connected as")) {
        counts.whileThere++;
      } else {
        counts.whileComing++;
      }

      isAsBefore(before);
      namesResolveAsBefore();
    }
    return counts;
  }

  private RunningProgram connect() throws IOException {
    return started.own(programs.connect());
  }

  private static void isAsBefore(HostSnapshot before) throws IOException {
    Until.holds(() -> assertThat(before.differences(programs.laptopNow())).isEmpty());
  }

  /** New queries, from ports the kernel chooses, go to the server they are meant for. */
  private static void namesResolveAsBefore() throws IOException {
    String script =
        "dig +short +tries=1 +time=3 %1$s @%2$s; dig +short +tries=1 +time=3 %1$s @%3$s; getent hosts %4$s"
            .formatted(
                LabNet.SPLIT_NAME,
                LabNet.ROUTER_LAN.v4(),
                LabNet.SECOND_NAME_SERVER.v4(),
                LabNet.OUTSIDE_NAME);
    assertThat(laptop.shell(script).stdout())
        .startsWith(LabNet.SPLIT_FIRST + "\n" + LabNet.SPLIT_SECOND + "\n")
        .contains(LabNet.OUTSIDE_NAME);
  }

  /** A query whose port the kernel may remember from the one before. */
  private static Run digFromOnePort() throws IOException {
    return laptop.run(
        "dig",
        "+short",
        "+tries=1",
        "+time=2",
        "-b",
        "%s#%d".formatted(LabNet.LAPTOP.v4(), QUERY_PORT),
        "@" + LabNet.ROUTER_LAN.v4(),
        LabNet.SPLIT_NAME);
  }

  /** Flows to port 53 of another that connection tracking brings to this host. */
  private static List<String> redirected() throws IOException {
    return laptop
        .run("conntrack", "-L", "-p", "udp", "--orig-port-dst", "53")
        .orThrow()
        .lines()
        .filter(flow -> flow.contains("src=127.0.0.1"))
        .map(flow -> flow.replaceAll("^(\\S+\\s+\\d+) \\d+", "$1")) // without its age
        .toList();
  }

  private static String cleanup() throws IOException {
    return laptop.run(programs.teletun("cleanup")).orThrow();
  }

  /** Twice, which is as good as once. */
  private static void changesNothing() throws IOException {
    HostSnapshot before = programs.laptopNow();

    cleanup();
    cleanup();

    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  private static long received() throws IOException {
    return Long.parseLong(
        laptop.run("cat", "/sys/class/net/tel0/statistics/rx_bytes").orThrow().strip());
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
