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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          links               | ip link set eth0 mtu 1400                                | ip link set eth0 mtu 1500
          links               | ip tuntap add tel9 mode tun                              | ip tuntap del tel9 mode tun
          links               | ip link set eth0 alias ours                              | ip link set eth0 alias ''
          addresses           | ip addr add 10.9.9.9/32 dev lo                           | ip addr del 10.9.9.9/32 dev lo
          addresses           | ip addr add fd09::9/128 dev lo                           | ip addr del fd09::9/128 dev lo
          routes IPv4         | ip route add 10.8.0.0/16 dev eth0                        | ip route del 10.8.0.0/16 dev eth0
          routes IPv4         | ip route add 10.8.0.0/16 dev eth0 table 77               | ip route del 10.8.0.0/16 dev eth0 table 77
          routes IPv4         | ip route add blackhole 10.8.0.0/16                       | ip route del blackhole 10.8.0.0/16
          routes IPv6         | ip -6 route add fd09::/64 dev eth0 table 77              | ip -6 route del fd09::/64 dev eth0 table 77
          rules IPv4          | ip rule add fwmark 7 table 77                            | ip rule del fwmark 7 table 77
          rules IPv6          | ip -6 rule add fwmark 7 table 77                         | ip -6 rule del fwmark 7 table 77
          nftables            | nft add table inet mine                                  | nft delete table inet mine
          sysctls             | echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter           | echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter
          sysctls             | echo 1 >/proc/sys/net/ipv4/ip_forward                    | echo 0 >/proc/sys/net/ipv4/ip_forward
          sysctls             | echo 1 >/proc/sys/net/ipv6/conf/eth0/keep_addr_on_down   | echo 0 >/proc/sys/net/ipv6/conf/eth0/keep_addr_on_down
          resolv.conf file    | chmod 600 /etc/resolv.conf                               | chmod 644 /etc/resolv.conf
          resolv.conf file    | chown 0:65534 /etc/resolv.conf                           | chown 0:0 /etc/resolv.conf
          resolv.conf file    | mv /etc/resolv.conf /run/r && ln -s /run/r /etc/resolv.conf | mv -T /run/r /etc/resolv.conf
          resolv.conf         | echo '#' >>/etc/resolv.conf                              | sed -i '/^#$/d' /etc/resolv.conf
          files of names      | echo x >/etc/resolv.conf.teletun                         | rm /etc/resolv.conf.teletun
          files of names      | mkdir -p /run/resolvconf/interface && echo x >/run/resolvconf/interface/tel0 | rm -r /run/resolvconf
          files of ours       | mkdir /run/teletun                                       | rmdir /run/teletun
          """)
  void snapshotShowsEveryKindOfChange(String part, String change, String undo) throws Exception {
    HostSnapshot before = HostSnapshot.of(laptop);

    laptop.shell(change).orThrow();
    assertThat(before.differences(HostSnapshot.of(laptop)))
        .anyMatch(line -> line.matches(Pattern.quote(part) + ": [-+] .+"));

    laptop.shell(undo).orThrow();
    assertThat(before.differences(HostSnapshot.of(laptop))).isEmpty();
  }

  @Test
  void flowsToAStubAreThoseThatTheKernelRedirects() throws Exception {
    assertThat(HostSnapshot.flowsToStub(laptop)).isEmpty();

    laptop
        .shell(
            """
            nft 'add table inet mine; add chain inet mine out { type nat hook output priority -100; };
                add rule inet mine out ip daddr 192.0.2.53 udp dport 53 redirect to :5353'
            dig +tries=1 +time=1 @192.0.2.53 name.test
            dig +tries=1 +time=1 @192.0.2.54 name.test
            nft delete table inet mine\
            """)
        .orThrow();

    assertThat(HostSnapshot.flowsToStub(laptop))
        .singleElement()
        .asString()
        .matches("src=.* dst=192.0.2.53 .* dport=53 .*src=127.0.0.1 .* sport=5353");
  }
}
