package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A router on the way lets TeleTUN's UDP through no more: what is inside the tunnel goes on over
 * TCP, and comes back.
 */
@Tag("netns")
@Timeout(90)
class UdpBlockedIT {
  private static final Pattern OVER_TCP =
      Pattern.compile("^UDP does not get through; packets go over TCP");
  private static final Pattern OVER_UDP = Pattern.compile("^packets go over UDP again");

  private static Programs programs;
  private static Host laptop;
  private static Host router;

  private Trio trio;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("noudp", LabOptions.DEFAULT);
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
  void startPair() throws IOException {
    trio = Trio.servers(programs);
  }

  @AfterEach
  void end() throws IOException {
    // Declared first, so that deleting it never fails: nft before 1.0.7 has no "destroy".
    router.shell("nft 'table inet noudp; delete table inet noudp'").orThrow();
    trio.close();
  }

  @Test
  void connectsOverTcpAndGoesOverToUdpOnceThatWorks() throws IOException {
    block("drop");
    RunningProgram client = trio.connect();
    Conversation talk = trio.talk();
    talk.exchange();
    client.awaitLine(OVER_TCP, Programs.LIMIT);

    unblock();
    client.awaitLine(OVER_UDP, Programs.LIMIT);
    block("tcp");

    talk.exchange();
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop", "reject with icmpx admin-prohibited", "only up", "only down"})
  void aConversationAndADownloadGoOnWhenUdpIsBlockedAndAfterwards(String how) throws IOException {
    RunningProgram client = trio.connect();
    Conversation talk = trio.talk();
    talk.exchange();
    Download download = trio.own(Download.begin(laptop));
    download.awaitSteadiness();

    block(how);
    client.awaitLine(OVER_TCP, Programs.LIMIT);
    talk.exchange();
    download.awaitProgress();

    unblock();
    client.awaitLine(OVER_UDP, Programs.LIMIT);
    talk.exchange();
    download.awaitProgress();

    assertThat(download.sha256()).isEqualTo(download.expected());
  }

  /** TeleTUN's datagrams, in one direction or both, or whatever else could carry packets. */
  private static void block(String how) throws IOException {
    String rule =
        switch (how) {
          case "tcp" -> "tcp dport %1$d drop; tcp sport %1$d drop;";
          case "only up" -> "udp sport %1$d drop;";
          case "only down" -> "udp dport %1$d drop;";
          default -> "udp dport %1$d " + how + "; udp sport %1$d " + how + ";";
        };
    router
        .shell(
            "nft 'table inet noudp { chain f { type filter hook forward priority -10; %s }; }'"
                .formatted(rule.formatted(LabNet.NODE_PORT)))
        .orThrow();
  }

  private static void unblock() throws IOException {
    router.run("nft", "delete", "table", "inet", "noudp").orThrow();
  }
}
