package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -expose} beside the firewalls that a laptop may have. */
@Tag("netns")
@Timeout(120)
class FirewallIT {
  private static final int TCP = 9090;
  private static final int UDP = 9053;
  private static final int HIDDEN = 9091;
  private static final String KEEPS_OUT = "keeps connections from the cluster out";
  private static final String LET_IN = "what is exposed is let in now";

  /** The probes' source port is 1; an ICMP error has it behind the IP header inside. */
  private static final String ABOUT_PROBES =
      "port 1 or (icmp[0] = 3 and icmp[28:2] = 1) or (ip6[6] = 58 and ip6[40] = 1 and ip6[88:2] = 1)";

  private static final Pattern COMMAND = Pattern.compile("Let them in: sudo (.*)");

  private static Programs programs;
  private static FirewalledHost firewalls;

  @BeforeAll
  static void start() throws IOException {
    programs = Programs.servers("fire");
    firewalls = FirewalledHost.on(laptop());
    programs.lab().startWebServer(laptop(), TCP);
    programs.lab().startWebServer(laptop(), HIDDEN);
    laptop().start("socat", "UDP6-RECVFROM:%d,ipv6only=0,fork".formatted(UDP), "EXEC:cat");
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void namesUfwAndTheCommandsThatLetIn() throws IOException {
    try (Closeable _ = firewalls.ufw();
        RunningProgram client = expose()) {
      assertThat(client.output())
          .contains("-expose=9090: ufw " + KEEPS_OUT)
          .contains("sudo ufw allow in on tel0 to any port 9090 proto tcp")
          .contains("-expose=9053/udp: ufw " + KEEPS_OUT)
          .contains("sudo ufw allow in on tel0 to any port 9053 proto udp")
          .doesNotContain(LET_IN);
      assertThat(status()).contains("\"exposedLetIn\":\"9090 kept out by ufw: sudo ufw allow");
      assertThat(reaches()).isEmpty();

      obey(client);

      assertLetIn(client);
    } finally {
      laptop().run("ufw", "--force", "reset").orThrow();
    }
  }

  @Test
  void namesFirewalldAndTheCommandThatLetsIn() throws IOException {
    Path pcap = programs.lab().directory().resolve("probes.pcap");
    try (Closeable _ = firewalls.firewalld();
        Closeable _ = programs.lab().podCluster().capture("any", pcap);
        RunningProgram client = expose()) {
      assertThat(client.output())
          .contains("-expose=9090: firewalld " + KEEPS_OUT)
          .contains("-expose=9053/udp: firewalld " + KEEPS_OUT);
      assertThat(reaches()).isEmpty();

      obey(client);

      assertLetIn(client);
    }
    assertThat(laptop().run("tcpdump", "-nr", pcap.toString(), ABOUT_PROBES).orThrow())
        .as("answers of the firewall to what shows that it blocks")
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"9080-9095", "9080-9095:from=10.244.0.0/16", "all"})
  void namesTheCommandForManyPortsToo(String exposed) throws IOException {
    try (Closeable _ = firewalls.ufw();
        RunningProgram client = programs.connect("-expose=" + exposed)) {
      assertThat(client.output()).contains("-expose=%s: ufw %s".formatted(exposed, KEEPS_OUT));
      assertThat(reaches()).isEmpty();

      obey(client);

      Until.holds(() -> assertThat(client.output()).contains(LET_IN));
      assertThat(reaches()).contains("tcp " + LabNet.POD_CLUSTER.v4());
    } finally {
      laptop().run("ufw", "--force", "reset").orThrow();
    }
  }

  @Test
  void namesATableThatComesLater() throws IOException {
    try (RunningProgram client = expose()) {
      assertThat(client.output()).doesNotContain(KEEPS_OUT);
      assertThat(status()).contains("\"exposedLetIn\":\"yes\"");
      assertThat(reaches()).hasSize(4);

      laptop()
          .runWithInput(
              """
              table inet harmless {
                chain in { type filter hook input priority -1; policy accept; }
              }
              table inet corporate {
                chain in {
                  type filter hook input priority 5; policy drop;
                  ct state established,related accept
                  iifname "lo" accept
                }
              }
              """,
              "nft",
              "-f",
              "-")
          .orThrow();
      String by = "nftables, chain in of table inet corporate " + KEEPS_OUT;
      Until.holds(() ->
          assertThat(client.output())
              .contains("-expose=9090: " + by)
              .contains("-expose=9053/udp: " + by));

      obey(client);

      assertLetIn(client);
    } finally {
      laptop().run("nft", "flush", "ruleset").orThrow();
    }
  }

  /** Rules that nft does not list, from before; they are others', and stay as they are. */
  @Test
  void namesRulesOfOldIptables() throws IOException {
    laptop()
        .shell("for t in iptables ip6tables; do $t-legacy -A INPUT -i tel+ -j DROP; done")
        .orThrow();
    String before = legacyRules();
    try (RunningProgram client = expose()) {
      assertThat(client.output())
          .contains("-expose=9090: iptables-legacy " + KEEPS_OUT)
          .contains("-expose=9090: ip6tables-legacy " + KEEPS_OUT);
      assertThat(legacyRules()).isEqualTo(before);

      obey(client);

      assertLetIn(client);
    } finally {
      laptop().shell("for t in iptables ip6tables; do $t-legacy -F; done").orThrow();
    }
  }

  /** What firewalld does when it reloads, and more. */
  @Test
  void outlivesThatOthersFlush() throws IOException {
    try (Closeable _ = firewalls.firewalld();
        RunningProgram client = expose()) {
      obey(client);
      assertLetIn(client);
      String ours = ourTables();

      laptop().run("firewall-cmd", "--reload").orThrow();
      Until.holds(() -> assertThat(timesOf(client, "-expose=9090: firewalld")).isEqualTo(2));
      assertThat(ourTables()).isEqualTo(ours);
      obey(client);
      Until.holds(() -> assertThat(timesOf(client, LET_IN)).isEqualTo(2));
      laptop().run("nft", "flush", "ruleset").orThrow();

      assertThat(ourTables()).isEqualTo(ours);
      assertThat(dial(LabNet.POD_CLUSTER.v4(), HIDDEN)).contains("refused");
      assertThat(reaches()).hasSize(4);
    }
  }

  private static RunningProgram expose() throws IOException {
    return programs.connect("-expose=" + TCP, "-expose=%d/udp".formatted(UDP));
  }

  /** Runs what the client says. */
  private static void obey(RunningProgram client) throws IOException {
    List<String> commands =
        COMMAND.matcher(client.output()).results().map(m -> m.group(1)).distinct().toList();
    assertThat(commands).isNotEmpty();
    for (String command : commands) {
      laptop().shell(command).orThrow();
    }
  }

  private static void assertLetIn(RunningProgram client) throws IOException {
    Until.holds(() -> assertThat(client.output()).contains(LET_IN));
    assertThat(status()).contains("\"exposedLetIn\":\"yes\"");
    assertThat(reaches()).hasSize(4);
    assertThat(laptop().run("conntrack", "-L").stdout()).doesNotContain("sport=1 ");
    assertThat(laptop().run("conntrack", "-L", "-f", "ipv6").stdout()).doesNotContain("sport=1 ");
  }

  /** What of the exposed ports a pod reaches. */
  private static List<String> reaches() throws IOException {
    return web()
        .shell(
            """
            for address in %s %s; do
              nc -z -w1 $address %d && echo tcp $address
            done
            for address in %s %s; do
              [ "$(echo hello | socat -t1 - UDP:$address:%d)" = hello ] && echo udp $address
            done
            true
            """
                .formatted(
                    LabNet.POD_CLUSTER.v4(),
                    LabNet.POD_CLUSTER.v6(),
                    TCP,
                    LabNet.POD_CLUSTER.v4(),
                    LabNet.POD_CLUSTER.v6Bracketed(),
                    UDP))
        .orThrow()
        .lines()
        .toList();
  }

  private static String dial(String address, int port) throws IOException {
    Run run = web().run("nc", "-vz", "-w3", address, String.valueOf(port));
    return run.stdout() + run.stderr();
  }

  private static int timesOf(RunningProgram client, String what) throws IOException {
    return (int) client.output().lines().filter(line -> line.contains(what)).count();
  }

  private static String ourTables() throws IOException {
    return laptop().shell("nft list tables | grep teletun | sort").orThrow();
  }

  private static String legacyRules() throws IOException {
    return laptop()
        .shell(
            "iptables-legacy-save -t filter | grep ^-; ip6tables-legacy-save -t filter | grep ^-")
        .orThrow();
  }

  private static String status() throws IOException {
    return laptop().run(programs.teletun("status", "-output=json")).orThrow();
  }

  private static Host laptop() {
    return programs.laptop();
  }

  private static Host web() {
    return programs.lab().web();
  }
}
