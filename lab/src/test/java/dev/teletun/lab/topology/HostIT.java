package dev.teletun.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("netns")
@Timeout(60)
class HostIT {
  private static final Duration SOON = Duration.ofSeconds(5);

  private static Lab lab;
  private static Host laptop;

  @BeforeAll
  static void up() throws Exception {
    lab = Lab.up("hosti", LabOptions.DEFAULT.withoutServices().withPodMtu(1400));
    laptop = lab.laptop();
  }

  @AfterAll
  static void down() throws Exception {
    lab.close();
  }

  @Test
  void startsProgramsWhoseProcessIsTheProgram() throws Exception {
    try (RunningProgram sleep = laptop.start("sleep", "60")) {
      assertThat(ProcessHandle.of(sleep.pid()).orElseThrow().info().command().orElseThrow())
          .endsWith("sleep");
      assertThat(sleep.residentBytes()).isPositive();

      sleep.kill();

      assertThat(sleep.isAlive()).isFalse();
      assertThat(sleep.awaitExit(SOON)).isEqualTo(128 + 9);
      assertThat(sleep.residentBytes()).isZero();
    }
  }

  @Test
  void passesSignalsOn() throws Exception {
    try (RunningProgram trap =
        laptop.start(
            "sh", "-c", "trap 'echo caught; exit 7' INT; echo up; while :; do sleep 0.01; done")) {
      trap.awaitLine(Pattern.compile("^up$"), SOON);
      trap.signal("STOP");
      trap.signal("CONT");

      trap.signal("INT");

      assertThat(trap.awaitExit(SOON)).isEqualTo(7);
      assertThat(trap.output()).endsWith("caught\n");
    }
  }

  @Test
  void readsOnPastBytesThatAreNoText() throws Exception {
    try (RunningProgram binary = laptop.start("printf", "\\377\\nready\\n")) {
      assertThat(binary.awaitLine(Pattern.compile("^ready$"), SOON)).isEqualTo("ready");
      assertThat(binary.output()).isEqualTo("\uFFFD\nready\n");
    }
  }

  @Test
  void saysWhatAProgramPrintedThatEndedTooEarly() throws Exception {
    try (RunningProgram early = laptop.start("sh", "-c", "echo no luck; exit 3")) {
      assertThatIOException()
          .isThrownBy(() -> early.awaitLine(Pattern.compile("ready"), SOON))
          .withMessageContainingAll("ready", "ended with 3", "no luck");
    }
  }

  @Test
  void endsACommandThatTakesTooLong() throws Exception {
    Run run = laptop.run(Duration.ofMillis(100), "sleep", "60");

    assertThat(run.exitCode()).isEqualTo(Run.TIMED_OUT);
    assertThat(laptop.run("pgrep", "-f", "sleep 60").ok()).isFalse();
  }

  @Test
  void keepsProxiesAwayFromPrograms() throws Exception {
    assertThat(laptop.run("env").orThrow().toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("_proxy=");
  }

  @Test
  void hasAnOwnNameNetworkAndProcesses() throws Exception {
    assertThat(laptop.run("hostname").orThrow()).isEqualTo("laptop\n");
    assertThat(laptop.run("ps", "-e").orThrow()).doesNotContain("java");
    assertThat(laptop.run("cat", "/sys/class/net/eth0/mtu").orThrow()).isEqualTo("1500\n");
    assertThat(lab.podCluster().run("cat", "/sys/class/net/eth0/mtu").orThrow())
        .isEqualTo("1400\n");
  }

  @Test
  void snapshotShowsEveryKindOfChange() throws Exception {
    HostSnapshot before = HostSnapshot.of(laptop);
    laptop
        .shell(
            """
            ip addr add 10.9.9.9/32 dev lo && ip route add 10.8.0.0/16 dev eth0 table 77 &&
            ip -6 route add fd09::/64 dev eth0 && ip -6 rule add fwmark 7 table 77 &&
            nft add table inet mine && chmod 600 /etc/resolv.conf && echo '#' >>/etc/resolv.conf &&
            echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter\
            """)
        .orThrow();

    assertThat(before.differences(HostSnapshot.of(laptop)))
        .anyMatch(line -> line.matches("addresses: \\+ .*10.9.9.9.*"))
        .anyMatch(line -> line.matches("routes IPv4: \\+ 10.8.0.0/16 dev eth0 table 77.*"))
        .anyMatch(line -> line.matches("routes IPv6: \\+ fd09::/64 dev eth0.*"))
        .anyMatch(line -> line.matches("rules IPv6: \\+ .*fwmark 0x7 lookup 77"))
        .anyMatch(line -> line.equals("nftables: + table inet mine {"))
        .anyMatch(line -> line.matches("resolv.conf file: \\+ regular file, mode 600.*"))
        .anyMatch(line -> line.equals("resolv.conf: + #"))
        .anyMatch(line -> line.matches("sysctls: - .*eth0/rp_filter:2"));

    laptop
        .shell(
            """
            ip addr del 10.9.9.9/32 dev lo && ip route del 10.8.0.0/16 dev eth0 table 77 &&
            ip -6 route del fd09::/64 dev eth0 && ip -6 rule del fwmark 7 table 77 &&
            nft delete table inet mine && sed -i '/^#$/d' /etc/resolv.conf &&
            chmod 644 /etc/resolv.conf && echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter\
            """)
        .orThrow();
    assertThat(HostSnapshot.of(laptop)).isEqualTo(before);
  }
}
