package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
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

/** {@code teletun cleanup} repairs what is ours and dead, and nothing else; so does each start. */
@Tag("netns")
@Timeout(300)
class CleanupIT {
  private static final long SEED = Long.getLong("teletun.seed", System.nanoTime());
  private static final int KILLS = 12;

  /** What a client leaves that was killed on a kernel without owner tables. */
  private static final String STALE =
      """
      add table inet teletun-dns-tel0
      add chain inet teletun-dns-tel0 output { type nat hook output priority -100; }
      add table inet teletun-lan-tel0
      add chain inet teletun-lan-tel0 in { type filter hook prerouting priority raw; }
      add table inet teletun-dns-tel12
      """;

  /** Names that are not, or not quite, a client's. */
  private static final String STRANGERS =
      """
      add table inet teletun-dns
      add table inet teletun-mine-tel7
      add table ip teletun-dns-tel7
      add table netdev teletun
      add table inet teletunnel
      """;

  /** Owned by whoever runs nft, until its input ends. */
  private static final String OWNER =
      "{ echo 'add table inet teletun-dns-tel7 { flags owner; }'; echo 'list tables'; exec sleep 1000; } | nft -i";

  private static Programs programs;
  private static Host laptop;

  private final CloseStack started = new CloseStack();

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.servers("clean");
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
    laptop.run("conntrack", "-F").orThrow();
  }

  @Test
  void forgetsTheFlowsThatDockersTableKeptAlive() throws IOException {
    Undone.addDocker(laptop);
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();
    assertThat(Undone.digFromOnePort(laptop)).isEqualTo(LabNet.SPLIT_FIRST);
    client.kill();
    undone.byTheKernel();
    assertThat(HostSnapshot.flowsToStub(laptop)).as("the way to the stub").isNotEmpty();

    assertThat(cleanup()).contains("forget");

    undone.inOrder();
    assertThat(Undone.digFromOnePort(laptop)).isEqualTo(LabNet.SPLIT_FIRST);
    assertThat(cleanup()).contains("nothing to repair");
    undone.inOrder();
  }

  @Test
  void touchesNothingOfALiveClient() throws IOException {
    Undone.addDocker(laptop);
    RunningProgram client = connect();
    Undone.digFromOnePort(laptop);
    Undone connected = Undone.since(laptop);
    List<String> flows = HostSnapshot.flowsToStub(laptop);
    assertThat(flows).isNotEmpty();

    assertThat(cleanup()).contains("nothing to repair");

    connected.now();
    assertThat(HostSnapshot.flowsToStub(laptop)).containsAll(flows);
    serves();
    assertThat(client.isAlive()).isTrue();
  }

  @Test
  void removesStaleTablesAndNoStrangers() throws IOException {
    makeStrangers();
    Undone undone = Undone.since(laptop);
    nft(STALE);

    assertThat(cleanup())
        .contains("teletun-dns-tel0", "teletun-lan-tel0", "teletun-dns-tel12")
        .doesNotContain("tel7");

    undone.inOrder();
    assertThat(cleanup()).contains("nothing to repair");
    undone.inOrder();
  }

  @Test
  void aStartRemovesWhatIsStaleToo() throws IOException {
    makeStrangers();
    Undone undone = Undone.since(laptop);
    nft(STALE);

    RunningProgram client = connect();

    assertThat(client.output()).contains("on tel1", "removed the nftables table");
    serves();
    client.signal("TERM");
    assertThat(client.awaitExit(Programs.LIMIT)).isEqualTo(143);
    undone.inOrder();
  }

  @Test
  void whatAKilledOneLeftTheNextOneRepairs() throws IOException {
    Undone.addDocker(laptop);
    makeStrangers();
    Undone undone = Undone.since(laptop);
    Random random = new Random(SEED);
    long start = System.nanoTime();
    cleanup();
    long whole = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    for (int i = 0; i < KILLS; i++) {
      nft(STALE);
      RunningProgram cleanup = started.own(laptop.start(programs.teletun("cleanup")));
      pause((int) (whole * (i + random.nextDouble()) / KILLS));
      cleanup.kill();

      cleanup();

      undone.inOrder();
    }
  }

  @Test
  void needsNothingOfRun() throws IOException {
    Undone undone = Undone.since(laptop);
    RunningProgram client = connect();
    laptop.run("mount", "-t", "tmpfs", "tmpfs", "/run").orThrow();
    try {
      serves();
      client.kill();
      assertThat(cleanup()).isNotEmpty();
      RunningProgram next = connect();
      serves();
      next.signal("TERM");
      assertThat(next.awaitExit(Programs.LIMIT)).isEqualTo(143);
      assertThat(laptop.run("ls", "-A", "/run").orThrow()).isEmpty();
    } finally {
      laptop.run("umount", "/run").orThrow();
    }
    undone.inOrder();
  }

  /** A device that bears our first one's name, and tables with names much like ours. */
  private void makeStrangers() throws IOException {
    laptop.run("ip", "tuntap", "add", "tel0", "mode", "tun").orThrow();
    started.own(() -> laptop.run("ip", "tuntap", "del", "tel0", "mode", "tun").orThrow());
    nft(STRANGERS);
    RunningProgram owner = started.own(laptop.start("sh", "-c", OWNER));
    owner.awaitLine(Pattern.compile("inet teletun-dns-tel7"), Programs.LIMIT);
  }

  private static void nft(String commands) throws IOException {
    laptop.runWithInput(commands, "nft", "-f", "-").orThrow();
  }

  private RunningProgram connect() throws IOException {
    return started.own(programs.connect());
  }

  private static String cleanup() throws IOException {
    return laptop.run(programs.teletun("cleanup")).orThrow();
  }

  private static void serves() throws IOException {
    Run curl = laptop.run("curl", "-sS", "-m10", "http://" + LabNet.WEB_NAME);
    assertThat(curl.stdout() + curl.stderr()).contains("serves");
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
