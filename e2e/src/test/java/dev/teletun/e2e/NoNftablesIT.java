package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A laptop without libnftables: what is lost is said, the rest works. */
@Tag("netns")
@Timeout(120)
class NoNftablesIT {
  private static Programs programs;

  @BeforeAll
  static void start() throws IOException {
    programs = Programs.servers("nonft");
    laptop()
        .shell(
            """
            for library in $(ldconfig -p | grep -o '/.*libnftables\\.so\\.1'); do
              mount --bind /dev/null "$(readlink -f "$library")"
            done
            """)
        .orThrow();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void connectsAndSaysWhatIsLost() throws IOException {
    try (RunningProgram client = programs.connect("-dns=off", "-expose=8080")) {
      assertThat(client.output())
          .contains("warning: neighbours on the LAN can send packets to")
          .contains("warning: the cluster reaches everything here that listens on all addresses")
          .contains("warning: packets for the cluster leave by another device where somebody adds")
          .contains("warning: whether another firewall here keeps out what is exposed is not known")
          .contains(
              "loading libnftables.so.1 failed: it is not installed. Install it: apt install");
      assertThat(laptop().run(programs.teletun("status", "-output=json")).orThrow())
          .contains("\"exposedLetIn\":\"not known\"");
      assertThat(laptop().run("curl", "-sS", "-m5", "http://" + LabNet.WEB_SERVICE.v4()).stdout())
          .contains("serves");
    }
  }

  /** An option that cannot be kept is no warning. */
  @Test
  void doesNotShareWhatItCannotFilter() throws IOException {
    laptop().shell("ip link add virbr9 type bridge").orThrow();
    try (RunningProgram client = programs.startClient("-dns=off", "-share-with=virbr9")) {
      assertThat(client.awaitExit(Programs.LIMIT)).isNotZero();
      assertThat(client.output()).contains("loading libnftables.so.1 failed");
    } finally {
      laptop().shell("ip link del virbr9").orThrow();
    }
  }

  /** Without a table for queries it writes to resolv.conf, which must come back all the same. */
  @Test
  void putsResolvConfBackAfterAKill() throws IOException {
    String before = laptop().resolvConf(); // nft cannot run here, so no whole snapshot can be made
    try (RunningProgram client = programs.connect()) {
      assertThat(laptop().resolvConf()).contains("# teletun");

      client.kill();

      Until.holds(() -> assertThat(laptop().resolvConf()).isEqualTo(before));
    }
  }

  private static Host laptop() {
    return programs.laptop();
  }
}
