package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client is told to end, or its terminal is gone: it ends in order, or stays. */
@Tag("netns")
@Timeout(300)
class SignalIT {
  /** What a JVM says, and ends with 1, that a signal meets before any of our code runs. */
  private static final String VM_NOT_YET = "Error occurred during initialization of VM";

  private static final long SEED = Long.getLong("teletun.seed", System.nanoTime());
  private static final int TERMINATED = 128 + 15;
  private static final int INTERRUPTED = 128 + 2;
  private static final int HUNG_UP = 128 + 1;
  private static final int TIMES = 8;
  private static final int LONGEST_BRING_UP_MILLIS = 1_500;
  private static final int LONGEST_STOP_MILLIS = 40;

  /** Runs the command of its arguments on a terminal, and closes that once it is connected. */
  private static final String TERMINAL =
      """
      import os, pty, sys
      pid, terminal = pty.fork()
      if pid == 0:
        os.execv(sys.argv[1], sys.argv[1:])
      said = b""
      while b"connected as" not in said:
        said += os.read(terminal, 4096)
      os.close(terminal)
      print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """;

  private static Programs programs;
  private static Host laptop;

  private final CloseStack started = new CloseStack();

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("sign");
    laptop = programs.laptop();
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

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
  void aSignalEndsItInOrder(String signal, int exitCode) throws IOException {
    Undone.addDocker(laptop);
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();
    Undone.digFromOnePort(laptop);
    assertThat(HostSnapshot.flowsToStub(laptop)).isNotEmpty();

    client.signal(signal);

    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(exitCode);
    undone.inOrder();
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
  void aSignalDuringBringUpEndsItToo(String signal, int exitCode) throws IOException {
    Undone undone = Undone.since(laptop);
    Random random = new Random(SEED);
    for (int i = 0; i < TIMES; i++) {
      int moment = random.nextInt(LONGEST_BRING_UP_MILLIS);
      RunningProgram client = started.own(programs.startClient());
      pause(moment);

      client.signal(signal);

      int ended = client.awaitExit(Programs.LIMIT);
      if (!client.output().contains(VM_NOT_YET)) {
        assertThat(ended).as("after %d ms: %s", moment, client.output()).isEqualTo(exitCode);
      }
      undone.inOrder();
    }
  }

  @Test
  void aSecondSignalForcesTheEnd() throws IOException {
    Undone undone = Undone.since(laptop);
    Random random = new Random(SEED);
    for (int i = 0; i < TIMES; i++) {
      int later = random.nextInt(LONGEST_STOP_MILLIS);
      RunningProgram client = connect();
      client.signal("TERM");
      pause(later);

      boolean _ = ProcessHandle.of(client.pid()).map(ProcessHandle::destroy).orElse(false);

      assertThat(client.awaitExit(Programs.LIMIT)).as("after %d ms", later).isEqualTo(TERMINATED);
      undone.byTheKernel();
    }
  }

  @Test
  void quitShowsItsThreadsAndEndsNothing() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();

    client.signal("QUIT");

    client.awaitLine(Pattern.compile("Full thread dump"), Programs.LIMIT);
    serves();
    client.signal("TERM");
    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(TERMINATED);
    undone.inOrder();
  }

  @Test
  void aClosedTerminalEndsItInOrder() throws IOException {
    Undone undone = Undone.since(laptop);
    List<String> line = new ArrayList<>(List.of("python3", "-c", TERMINAL));
    line.addAll(List.of(programs.clientCommand()));
    RunningProgram terminal = started.own(laptop.start(line.toArray(String[]::new)));

    String exit = terminal.awaitLine(Pattern.compile("^exit"), Programs.LIMIT);

    assertThat(exit).isEqualTo("exit " + HUNG_UP);
    undone.inOrder();
  }

  @Test
  void staysWhenNobodyReadsWhatItPrints() throws IOException {
    Undone undone = Undone.since(laptop);
    List<String> line =
        new ArrayList<>(List.of("bash", "-c", "exec \"$@\" > >(exec true) 2>&1", "bash"));
    line.addAll(List.of(programs.clientCommand()));
    RunningProgram client = started.own(laptop.start(line.toArray(String[]::new)));
    Until.holds(this::serves);

    client.signal("QUIT"); // prints much
    serves();
    client.signal("INT");

    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(INTERRUPTED);
    undone.inOrder();
  }

  private RunningProgram connect() throws IOException {
    return started.own(programs.connect());
  }

  private void serves() throws IOException {
    Run curl = laptop.run("curl", "-sS", "-m10", "http://" + LabNet.WEB_NAME);
    assertThat(curl.stdout() + curl.stderr()).contains("serves");
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
