package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The three programs of one test, which may kill one and start it again. They end with it, and
 * leave the laptop as it was.
 */
final class Trio implements Closeable {
  private static final Pattern LINKED = Pattern.compile("^server-external is linked");
  private static final int TALK_PORT = 7777;
  private static final int TERMINATED = 128 + 15;

  private final Programs programs;
  private final String[] clusterOptions;
  private final HostSnapshot before;
  private final CloseStack started = new CloseStack();
  private RunningProgram cluster;
  private RunningProgram external;
  private @Nullable RunningProgram client;

  private Trio(Programs programs, String... clusterOptions) throws IOException {
    this.programs = programs;
    this.clusterOptions = clusterOptions;
    before = programs.laptopNow();
    cluster = own(programs.startCluster(clusterOptions));
    external = own(programs.startExternal());
    cluster.awaitLine(LINKED, Programs.LIMIT);
  }

  /** Both servers, linked; server-cluster with these options, also when it starts again. */
  static Trio servers(Programs programs, String... clusterOptions) throws IOException {
    return new Trio(programs, clusterOptions);
  }

  /** Both servers and a client that is connected. */
  static Trio connected(Programs programs, String... clusterOptions) throws IOException {
    Trio trio = servers(programs, clusterOptions);
    trio.connect();
    return trio;
  }

  /** Starts a client, in the place of one that was there, and waits until it is connected. */
  RunningProgram connect(String... options) throws IOException {
    return become(own(programs.connect(options)));
  }

  /** From now on {@code next} is the client. */
  RunningProgram become(RunningProgram next) {
    client = next;
    return next;
  }

  RunningProgram client() {
    RunningProgram now = client;
    if (now == null) {
      throw new IllegalStateException("no client was started");
    }
    return now;
  }

  RunningProgram external() {
    return external;
  }

  RunningProgram cluster() {
    return cluster;
  }

  RunningProgram startExternal() throws IOException {
    external = own(programs.startExternal());
    return external;
  }

  RunningProgram startCluster() throws IOException {
    cluster = own(programs.startCluster(clusterOptions));
    return cluster;
  }

  /** A connection through the tunnel that stays open. */
  Conversation talk() throws IOException {
    return own(
        Conversation.begin(programs.laptop(), programs.lab().web(), LabNet.POD_WEB, TALK_PORT));
  }

  /** Closes {@code resource} before the programs end. */
  <R extends Closeable> R own(R resource) {
    return started.own(resource);
  }

  /** What the laptop is now and was not before, a line each. */
  java.util.List<String> leftBehind() throws IOException {
    return before.differences(programs.laptopNow());
  }

  /** The client ends in order, if it has not yet, and has left nothing. */
  @Override
  public void close() throws IOException {
    try (started) {
      RunningProgram last = client;
      if (last != null && last.isAlive()) {
        last.signal("TERM");
        assertThat(last.awaitExit(Programs.LIMIT)).as(last.output()).isEqualTo(TERMINATED);
      }
    }
    assertThat(leftBehind()).isEmpty();
  }
}
