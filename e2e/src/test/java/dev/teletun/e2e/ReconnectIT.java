package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A connection inside the tunnel goes on whatever happens outside: an SSH-like conversation with a
 * pod, which answers each line, before and after.
 */
@Tag("netns")
@Timeout(180)
class ReconnectIT {
  private static final Pattern AGAIN = Pattern.compile("^connected again");
  private static final int BUSY = 5;
  private static final int CALLED_PORT = 7778;

  private static Programs programs;
  private static Host laptop;
  private static Host router;

  private Trio trio;
  private Conversation talk;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("recon", LabOptions.DEFAULT);
    laptop = programs.laptop();
    router = programs.lab().router();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void connect() throws IOException {
    trio = Trio.connected(programs);
    talk = trio.talk();
    talk.exchange();
  }

  @AfterEach
  void end() throws IOException {
    trio.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 60})
  void serverExternalIsKilledAndComesBack(int afterSeconds) throws Exception {
    trio.external().kill();
    Thread.sleep(TimeUnit.SECONDS.toMillis(afterSeconds)); // the absence itself
    trio.startExternal();

    trio.client().awaitLine(AGAIN, Programs.LIMIT);
    talk.exchange();
  }

  @Test
  void serverClusterIsKilledAndComesBack() throws IOException {
    trio.cluster().kill();
    trio.startCluster();

    talk.exchange();
  }

  @Test
  void serverExternalIsAskedToEndAndAnotherBegins() throws IOException {
    trio.external().signal("TERM");
    trio.external().awaitExit(Programs.LIMIT);
    trio.startExternal();

    trio.client().awaitLine(AGAIN, Programs.LIMIT);
    talk.exchange();
  }

  @Test
  void theClientIsKilledAndAnotherIsStarted() throws IOException {
    Download download = trio.own(Download.begin(laptop));
    download.awaitProgress();

    trio.client().kill();
    download.awaitStandstill();
    trio.connect();

    talk.exchange();
    assertThat(download.sha256()).isEqualTo(download.expected());
  }

  /** Packets need TCP for nothing, and it is made anew when it works again. */
  @Test
  void tcpIsBlockedForAWhile() throws Exception {
    router
        .shell(
            "nft 'table inet notcp { chain f { type filter hook forward priority -10; tcp dport %1$d drop; tcp sport %1$d drop; }; }'"
                .formatted(LabNet.NODE_PORT))
        .orThrow();
    try {
      for (int i = 0; i < 3; i++) {
        talk.exchange();
        // The block itself: time in which packets must do without TCP.
        Thread.sleep(2_000);
      }
      talk.exchange();
    } finally {
      router.run("nft", "delete", "table", "inet", "notcp").orThrow();
    }
    trio.external().kill();
    trio.startExternal();

    trio.client().awaitLine(AGAIN, Programs.LIMIT);
    talk.exchange();
  }

  /** The absence: longer than a silent server is waited for, then than the pod is kept for us. */
  @ParameterizedTest
  @CsvSource({"client, 7", "external, 7", "cluster, 7", "client, 60"})
  void aProcessIsStoppedForAWhile(String which, int seconds) throws Exception {
    RunningProgram stopped =
        switch (which) {
          case "client" -> trio.client();
          case "external" -> trio.external();
          default -> trio.cluster();
        };
    stopped.signal("STOP");
    Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
    stopped.signal("CONT");

    talk.exchange();
  }

  @Test
  void theLaptopGetsAnotherAddress() throws IOException {
    String link = laptopLink();
    laptop.run("ip", "addr", "del", LabNet.LAPTOP.v4() + "/24", "dev", link).orThrow();
    laptop.run("ip", "addr", "add", "192.168.50.77/24", "dev", link).orThrow();
    try {
      laptop
          .run("ip", "route", "replace", "default", "via", LabNet.ROUTER_LAN.v4(), "dev", link)
          .orThrow();

      talk.exchange();
      talk.exchange();
    } finally {
      laptop.run("ip", "addr", "del", "192.168.50.77/24", "dev", link);
      laptop.run("ip", "addr", "add", LabNet.LAPTOP.v4() + "/24", "dev", link);
      laptop.run("ip", "route", "replace", "default", "via", LabNet.ROUTER_LAN.v4(), "dev", link);
    }
    talk.exchange();
  }

  /** With UDP all the time: TCP would take over from it after a second. */
  @Test
  void theLaptopMovesToAnotherInterfaceAndBack() throws IOException {
    String link = laptopLink();
    programs.lab().addSecondLan();
    talk.exchange();
    try {
      laptop.run("ip", "link", "set", "eth1", "up").orThrow();
      laptop
          .run("ip", "route", "replace", "default", "via", LabNet.ROUTER_LAN2.v4(), "dev", "eth1")
          .orThrow();
      laptop.run("ip", "link", "set", link, "down").orThrow();
      talk.exchange();
      talk.exchange();
    } finally {
      laptop.run("ip", "link", "del", "eth1");
      linkUp(link);
    }
    talk.exchange();
    talk.exchange();

    assertThat(trio.client().output()).doesNotContain("UDP does not get through");
  }

  @Test
  void theNatForgetsAndChoosesAnotherPort() throws IOException {
    router.run("conntrack", "-F").orThrow();
    router
        .shell(
            "nft 'table ip rebind { chain p { type nat hook postrouting priority 90;"
                + " ip saddr %s udp dport %d masquerade to :40000-40100; }; }'"
                    .formatted(LabNet.LAPTOP.v4(), LabNet.NODE_PORT))
        .orThrow();
    try {
      talk.exchange();
      trio.external()
          .awaitLine(Pattern.compile("the client is at .*:40\\d\\d\\d now"), Programs.LIMIT);
    } finally {
      router.run("nft", "delete", "table", "ip", "rebind").orThrow();
      router.run("conntrack", "-F").orThrow();
    }
    talk.exchange();
  }

  @Test
  void theLinkIsAwayForAWhile() throws Exception {
    String link = laptopLink();
    for (int away : new int[] {1_000, 5_000}) {
      laptop.run("ip", "link", "set", link, "down").orThrow();
      // The absence itself: shorter, then longer than a silent server is waited for.
      Thread.sleep(away);
      linkUp(link);

      talk.exchange();
    }
  }

  /** Brings the laptop's link up, with what the kernel forgot. */
  private static void linkUp(String link) throws IOException {
    laptop.run("ip", "link", "set", link, "up").orThrow();
    laptop
        .run("ip", "route", "replace", "default", "via", LabNet.ROUTER_LAN.v4(), "dev", link)
        .orThrow();
    laptop.run("ip", "-6", "addr", "replace", LabNet.LAPTOP.v6() + "/64", "dev", link, "nodad");
    laptop.run(
        "ip", "-6", "route", "replace", "default", "via", LabNet.ROUTER_LAN.v6(), "dev", link);
  }

  @Test
  void aConnectionOfTheLaptopAsksOftenWhileTheLinkIsAway() throws Exception {
    asksOftenWhileTheLinkIsAway(talk, laptop, LabNet.POD_WEB);
  }

  @Test
  void aConnectionOfAPodAsksOftenWhileTheLinkIsAway() throws Exception {
    Host web = programs.lab().web();
    Conversation called =
        trio.own(Conversation.begin(web, laptop, LabNet.POD_CLUSTER, CALLED_PORT));
    called.exchange();

    asksOftenWhileTheLinkIsAway(called, web, LabNet.POD_CLUSTER);
  }

  /**
   * A connection whose segments get lost waits twice as long each time, and would still wait for a
   * while when the link is back. One that is told that there is no way does not (RFC 6069).
   */
  private static void asksOftenWhileTheLinkIsAway(
      Conversation conversation, Host asking, DualStack at) throws Exception {
    String link = laptopLink();
    laptop.run("ip", "link", "set", link, "down").orThrow();
    conversation.ask();
    Thread.sleep(20_000); // the absence itself: with seven losses the next wait would be 26 s
    String waits = asking.run("ss", "-tinHO", "state", "established", "dst", at.v4()).orThrow();
    linkUp(link);

    assertThat(waits).contains("unacked:").doesNotContainPattern("backoff:[5-9]");
    conversation.exchange();
  }

  @Test
  void aSecondClientIsToldWhoHasThePod() throws IOException {
    Run second = router.run(programs.clientCommand());

    assertThat(second.exitCode()).isEqualTo(BUSY);
    assertThat(second.stderr())
        .containsPattern("another client holds the pod, \".*@.*\" since 20.*-takeover");
    talk.exchange();
  }

  @Test
  void aSecondClientTakesThePodOverAndTheFirstLeavesInOrder() throws IOException {
    List<String> line = new ArrayList<>(List.of(programs.clientCommand()));
    line.addAll(List.of("-takeover", "-dns=off"));
    RunningProgram second = trio.own(router.start(line.toArray(String[]::new)));

    second.awaitLine(Pattern.compile("^connected as"), Programs.LIMIT);

    RunningProgram first = trio.client();
    assertThat(first.awaitExit(Programs.LIMIT)).as(first.output()).isEqualTo(BUSY);
    assertThat(first.output()).contains("another client holds the pod");
    assertThat(trio.leftBehind()).isEmpty();
    trio.become(second);
  }

  @Test
  void newKeysAreTakenUnderLoadAndNothingIsLost() throws IOException {
    trio.client().signal("TERM");
    trio.client().awaitExit(Programs.LIMIT);
    trio.connect("--rekey-records=80000");
    int bytes = 300_000_000;
    String base = "http://" + LabNet.WEB_NAME;
    String expected = laptop.run("curl", "-sS", base + "/sha256/" + bytes).orThrow().strip();
    RunningProgram download =
        trio.own(
            laptop.start(
                "sh",
                "-c",
                "curl -sS --limit-rate 30M %s/bytes/%d | sha256sum".formatted(base, bytes)));

    Run ping =
        laptop.run(Duration.ofSeconds(60), "ping", "-q", "-i0.01", "-c1000", LabNet.POD_WEB.v4());

    assertThat(ping.stdout()).contains(" 0% packet loss");
    assertThat(download.awaitExit(Duration.ofSeconds(90))).isZero();
    assertThat(download.output()).startsWith(expected);
    long associations =
        trio.external().output().lines().filter(l -> l.startsWith("data association with")).count();
    assertThat(associations).as("the two clients' first ones, and new ones").isGreaterThan(4);
  }

  private static String laptopLink() throws IOException {
    return laptop
        .shell("ip -o route get %s | sed 's/.* dev \\([^ ]*\\).*/\\1/'".formatted(LabNet.NODE.v4()))
        .orThrow()
        .strip();
  }
}
