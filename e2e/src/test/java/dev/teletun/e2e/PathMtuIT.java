package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The path to the server gets narrower without a word, and wider again. */
@Tag("netns")
@Timeout(180)
class PathMtuIT {
  private static final int PORT = 7778;
  private static final int WIDE = 1500;
  private static final String WAN = "wan0";

  private static Programs programs;
  private static Host router;

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.connected("pmtu", LabOptions.DEFAULT);
    router = programs.lab().router();
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void widen() throws IOException {
    router.mtu(WAN, WIDE);
    programs.lab().node().mtu("eth0", WIDE);
    router.run("nft", "delete", "table", "inet", "hole");
  }

  /** A narrow link that tells nobody: what the field calls a black hole (RFC 2923). */
  private static void narrow(int mtu) throws IOException {
    router
        .shell(
            "nft 'table inet hole { chain o { type filter hook output priority 0;"
                + " icmp type destination-unreachable drop;"
                + " icmpv6 type packet-too-big drop; }; }'")
        .orThrow();
    router.mtu(WAN, mtu);
  }

  @Test
  void aBulkConnectionGoesOnThroughABlackHole() throws IOException {
    try (Conversation talk =
        Conversation.begin(programs.laptop(), programs.lab().web(), LabNet.POD_WEB, PORT)) {
      talk.exchangeBulk();
      for (int mtu : new int[] {1280, 1300}) {
        narrow(mtu);

        talk.exchangeBulk();
        talk.exchangeBulk();
      }
    }
  }

  @Test
  void aNewConnectionKnowsTheSegmentSizeFromTheStart() throws IOException {
    narrow(1300);
    try (Conversation talk =
        Conversation.begin(programs.laptop(), programs.lab().web(), LabNet.POD_WEB, PORT)) {
      talk.exchangeBulk();
    }
    // The search has ended by now: what it found is in the first packet of a connection.
    Until.holds(() -> {
      try (Conversation talk =
          Conversation.begin(programs.laptop(), programs.lab().web(), LabNet.POD_WEB, PORT)) {
        talk.exchange();
        Run sockets = programs.laptop().run("ss", "-tin", "dport", "=", ":" + PORT);
        assertThat(sockets.stdout()).containsPattern("advmss:\\d+");
        assertThat(mss(sockets.stdout())).isBetween(1100, 1300 - 74 - 40 - 12);
      }
    });
  }

  @Test
  void ipv6InsideAPathTooNarrowForItGoesInFragmentsAndIsCounted() throws IOException {
    narrow(1300);
    programs.lab().node().mtu("eth0", 1300); // routers fragment IPv4; links that drop it do not
    Until.holds(() -> {
      Run ping = programs.laptop().run("ping", "-c1", "-W1", "-Mdo", "-s1232", LabNet.POD_WEB.v6());
      String status = programs.laptop().run(programs.teletun("status", "-output=json")).orThrow();

      assertThat(ping.ok()).as(ping.stdout()).isTrue();
      assertThat(status)
          .contains("\"outerFragments\":\"yes: ")
          .containsPattern("\"teletun_larger_than_path\":[1-9]");
    });
  }

  @Test
  void aForgedIcmpMessageShrinksNothing() throws IOException {
    String before = mtuOfTheTunnel();
    for (int i = 0; i < 3; i++) {
      router
          .shell(
              """
              python3 - <<'PY'
              import socket, struct
              def csum(b):
                  b += b'\\0' * (len(b) %% 2)
                  s = sum(struct.unpack('!%%dH' %% (len(b) // 2), b))
                  while s >> 16: s = (s & 0xffff) + (s >> 16)
                  return ~s & 0xffff
              inner = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 1400, 1, 0x4000, 64, 17, 0,
                  socket.inet_aton('%s'), socket.inet_aton('%s'))
              inner += struct.pack('!HHHH', %d, %d, 1380, 0)
              body = struct.pack('!BBHHH', 3, 4, 0, 0, 552) + inner
              icmp = body[:2] + struct.pack('!H', csum(body)) + body[4:]
              s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
              s.sendto(icmp, ('%s', 0))
              PY
              """
                  .formatted(
                      LabNet.LAPTOP.v4(),
                      LabNet.NODE.v4(),
                      portOfTheClient(),
                      LabNet.NODE_PORT,
                      LabNet.LAPTOP.v4()))
          .orThrow();
    }
    assertThat(programs.laptop().run("ip", "route", "get", LabNet.NODE.v4()).stdout())
        .as("the kernel believes it")
        .contains("mtu 552");

    try (Conversation talk =
        Conversation.begin(programs.laptop(), programs.lab().web(), LabNet.POD_WEB, PORT)) {
      talk.exchangeBulk();
    }
    Run ping = programs.laptop().run("ping", "-c1", "-W2", "-Mdo", "-s1300", LabNet.POD_WEB.v4());
    assertThat(ping.ok()).as(ping.stdout() + ping.stderr()).isTrue();
    assertThat(mtuOfTheTunnel()).isEqualTo(before);
  }

  private static int portOfTheClient() throws IOException {
    return Integer.parseInt(
        programs
            .laptop()
            .shell(
                "ss -Huan dport = :%d | sed 's/.*:\\([0-9]*\\) .*:%d.*/\\1/' | head -1"
                    .formatted(LabNet.NODE_PORT, LabNet.NODE_PORT))
            .orThrow()
            .strip());
  }

  private static String mtuOfTheTunnel() throws IOException {
    return programs.laptop().run("cat", "/sys/class/net/tel0/mtu").orThrow();
  }

  private static int mss(String ss) {
    return Integer.parseInt(ss.replaceAll("(?s).*\\bmss:(\\d+).*", "$1"));
  }
}
