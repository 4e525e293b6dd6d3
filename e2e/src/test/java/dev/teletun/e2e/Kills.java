package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills clients of one host at moments all over their lives. {@code -Dteletun.seed=N} does it at
 * the same moments again.
 */
final class Kills implements Closeable {
  private static final long SEED = Long.getLong("teletun.seed", System.nanoTime());
  private static final int LONGEST_CONNECTED_MILLIS = 300;
  private static final int LONGEST_STOP_MILLIS = 60;

  private final Programs programs;
  private final Host host;
  private final Random random;
  private final CloseStack started = new CloseStack();

  /**
   * Of clients there.
   *
   * @param series tells its moments from another's
   */
  Kills(Programs programs, Host host, String series) {
    this.programs = programs;
    this.host = host;
    this.random = new Random(SEED + series.hashCode());
  }

  /** What is to be so after each kill. */
  interface Restored {
    void check(Undone undone) throws IOException;
  }

  /** Six of ten while it comes up, spread evenly, two while it is there, two while it ends. */
  void run(int times, Restored restored, String... options) throws IOException {
    Undone undone = Undone.since(host);
    Duration bringUp = bringUp(options);
    undone.inOrder();
    int coming = times * 6 / 10;
    int connected = (times - coming) / 2;
    for (int i = 0; i < times; i++) {
      RunningProgram client;
      if (i < coming) {
        client = started.own(programs.startClientOn(host, options));
        pauseWithin((long) (bringUp.toMillis() * 1.1), i, coming);
        assertThat(client.isAlive()).as("kill %d: %s", i, client.output()).isTrue();
      } else if (i < coming + connected) {
        client = connect(options);
        pause(random.nextInt(LONGEST_CONNECTED_MILLIS));
      } else {
        client = connect(options);
        client.signal("TERM");
        pause(random.nextInt(LONGEST_STOP_MILLIS));
      }
      client.kill();
      check(undone, restored, i, client);
    }
    endInOrder(connect()); // the server has let go of all of them
    undone.inOrder();
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

  private static void check(Undone undone, Restored restored, int index, RunningProgram client)
      throws IOException {
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
    endInOrder(client);
    return Duration.ofNanos(end - start);
  }

  /** A client that is connected, until {@link #close} at the latest. */
  RunningProgram connect(String... options) throws IOException {
    RunningProgram client = started.own(programs.startClientOn(host, options));
    client.awaitLine(Programs.CONNECTED, Programs.LIMIT);
    return client;
  }

  /** Kills the guardian of a client there that lives, and fails if there is none. */
  static void killGuardian(Host host) throws IOException {
    host.run("pkill", "-KILL", "-f", "teletun-guardian").orThrow();
  }

  /** Ends it as Ctrl-C does. */
  static void endInOrder(RunningProgram client) throws IOException {
    client.signal("TERM");
    assertThat(client.awaitExit(Programs.LIMIT)).as(client.output()).isEqualTo(143);
  }

  /** A moment of the {@code part}th of {@code parts} equal parts of that time. */
  void pauseWithin(long millis, int part, int parts) {
    pause((int) (millis * (part + random.nextDouble()) / parts));
  }

  /** A moment of at most so long. */
  void moment(int mostMillis) {
    pause(random.nextInt(mostMillis));
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Override
  public void close() throws IOException {
    started.close();
  }
}
