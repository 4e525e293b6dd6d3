package dev.teletun.e2e;

import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The client is killed at any moment in each mode that leaves something: its guardian undoes it,
 * and where that is killed, too, the next start.
 *
 * <p>{@code -Dteletun.guarded-kills=200} kills as often in each, {@code
 * -Dteletun.guarded-modes=DIRECT} in that mode alone.
 */
@Tag("netns")
@Timeout(7200)
class GuardedKillIT {
  private static final int KILLS = Integer.getInteger("teletun.guarded-kills", 3);
  private static final String GUARDIAN = "teletun-guardian|Main cleanup";

  private static Programs programs;

  /** Each with a table and rules of its own, too. */
  enum Mode {
    DIRECT(HostSetup.DIRECT_FILE),
    DIRECT_MOUNT(HostSetup.DIRECT_BIND_MOUNT),
    OPENRESOLV(HostSetup.OPENRESOLV),
    RESOLVCONF(HostSetup.DEBIAN_RESOLVCONF),
    NETWORK_MANAGER(HostSetup.NETWORK_MANAGER);

    private final HostSetup setup;

    Mode(HostSetup setup) {
      this.setup = setup;
    }

    String[] options() {
      return new String[] {setup.way.option, "-strict-routes"};
    }
  }

  static Stream<Mode> modes() {
    String wanted = System.getProperty("teletun.guarded-modes", "");
    return Arrays.stream(Mode.values())
        .filter(mode -> wanted.isEmpty() || wanted.equals(mode.name()));
  }

  @BeforeAll
  static void up() throws IOException {
    PreparedHost.unpackPackages();
    programs = Programs.servers("guard");
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void whatAKillLeavesTheGuardianUndoes(Mode mode) throws IOException {
    long[] longestMillis = {0};
    try (PreparedHost prepared = PreparedHost.of(programs.laptop(), "", mode.setup.script);
        Kills kills = new Kills(programs, prepared.host(), mode + " guardian")) {
      kills.run(
          KILLS,
          undone -> {
            long millis = undone.byTheGuardian().toMillis();
            longestMillis[0] = Math.max(longestMillis[0], millis);
          },
          mode.options());
    }
    System.out.printf("%s: by the guardian, after at most %d ms%n", mode, longestMillis[0]);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void whatAKillOfTheGuardianTooLeavesTheNextStartUndoes(Mode mode) throws IOException {
    try (PreparedHost prepared = PreparedHost.of(programs.laptop(), "", mode.setup.script);
        Kills kills = new Kills(programs, prepared.host(), mode + " next start")) {
      kills.run(
          KILLS,
          undone -> {
            prepared.host().run("pkill", "-KILL", "-f", GUARDIAN);
            Kills.endInOrder(kills.connect());
            undone.inOrder();
          },
          mode.options());
    }
    System.out.printf("%s: with the guardian killed too, by the next start%n", mode);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void whatAKilledCleanupLeavesTheNextUndoes(Mode mode) throws IOException {
    try (PreparedHost prepared = PreparedHost.of(programs.laptop(), "", mode.setup.script);
        Kills kills = new Kills(programs, prepared.host(), mode + " cleanup")) {
      Undone undone = Undone.since(prepared.host());
      long whole = cleanup(prepared);
      for (int i = 0; i < KILLS; i++) {
        RunningProgram client = kills.connect(mode.options());
        Kills.killGuardian(prepared.host());
        client.kill();
        try (RunningProgram killed = prepared.host().start(programs.teletun("cleanup"))) {
          kills.pauseWithin(whole, i, KILLS);
          killed.kill();
        }

        cleanup(prepared);

        undone.inOrder();
      }
    }
    System.out.printf("%s: with the cleanup killed, by another%n", mode);
  }

  /** How long it takes, in ms. */
  private static long cleanup(PreparedHost prepared) throws IOException {
    long start = System.nanoTime();
    prepared.host().run(programs.teletun("cleanup")).orThrow();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
