package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
  private static final int PORT = 7777;

  private static Programs programs;
  private static HostSnapshot before;
  private static Host laptop;
  private static Host router;

  private final CloseStack started = new CloseStack();
  private @Nullable RunningProgram running;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("noudp", LabOptions.DEFAULT);
    laptop = programs.laptop();
    router = programs.lab().router();
    before = programs.laptopNow();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @BeforeEach
  void startPair() throws IOException {
    started.own(programs.startCluster());
    started.own(programs.startExternal());
  }

  @AfterEach
  void end() throws IOException {
    // Declared first, so that deleting it never fails: nft before 1.0.7 has no "destroy".
    router.shell("nft 'table inet noudp; delete table inet noudp'").orThrow();
    RunningProgram client = running;
    if (client != null) {
      client.signal("TERM");
      assertThat(client.awaitExit(Programs.LIMIT)).as(client.output()).isEqualTo(128 + 15);
    }
    started.close();
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }

  @Test
  void connectsOverTcpAndGoesOverToUdpOnceThatWorks() throws IOException {
    block("drop");
    RunningProgram client = connect();
    Conversation talk = talk();
    talk.exchange();
    client.awaitLine(OVER_TCP, Programs.LIMIT);

    unblock();
    client.awaitLine(OVER_UDP, Programs.LIMIT);
    block("tcp");

    talk.exchange();
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop", "reject with icmpx admin-prohibited"})
  void aConversationAndADownloadGoOnWhenUdpIsBlockedAndAfterwards(String how) throws IOException {
    RunningProgram client = connect();
    Conversation talk = talk();
    talk.exchange();
    Download download = started.own(Download.begin(laptop));

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

  private RunningProgram connect() throws IOException {
    RunningProgram client = started.own(programs.connect());
    running = client;
    return client;
  }

  private Conversation talk() throws IOException {
    return started.own(Conversation.begin(laptop, programs.lab().web(), LabNet.POD_WEB, PORT));
  }

  /** TeleTUN's datagrams, or with {@code tcp} whatever else could carry packets. */
  private static void block(String how) throws IOException {
    String rule =
        how.equals("tcp")
            ? "tcp dport %1$d drop; tcp sport %1$d drop;".formatted(LabNet.NODE_PORT)
            : "udp dport %1$d %2$s; udp sport %1$d %2$s;".formatted(LabNet.NODE_PORT, how);
    router
        .shell(
            "nft 'table inet noudp { chain f { type filter hook forward priority -10; %s }; }'"
                .formatted(rule))
        .orThrow();
  }

  private static void unblock() throws IOException {
    router.run("nft", "delete", "table", "inet", "noudp").orThrow();
  }
}
