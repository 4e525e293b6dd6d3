package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers of the laptop that use its tunnel: a bridge that Docker's rules know, and one that
 * they do not, on a host with strict reverse path filters.
 */
@Tag("netns")
@Timeout(120)
class ShareIT {
  private static final String DOCKER = "docker0";
  private static final String OTHER = "virbr7";
  private static final DualStack P = LabNet.POD_CLUSTER;
  private static final Pattern COMMAND = Pattern.compile("Let them through: (.*)");

  /** A bridge and a network namespace behind it: name, number. */
  private static final String BRIDGE =
      """
      set -e
      bridge=$1; n=$2
      ip netns add box$n
      ip link add $bridge type bridge
      ip addr add 172.2$n.0.1/16 dev $bridge
      ip addr add fd00:2$n::1/64 dev $bridge nodad
      ip link set $bridge up
      ip link add veth$n type veth peer name eth0 netns box$n
      ip link set veth$n master $bridge up
      ip -n box$n link set lo up
      ip -n box$n addr add 172.2$n.0.2/16 dev eth0
      ip -n box$n addr add fd00:2$n::2/64 dev eth0 nodad
      ip -n box$n link set eth0 up
      ip -n box$n route add default via 172.2$n.0.1
      ip -n box$n route add default via fd00:2$n::1
      """;

  /** What Docker 24 makes, for one bridge. */
  private static final String RULES =
      """
      set -e
      for t in iptables ip6tables; do
        $t -P FORWARD DROP
        $t -N DOCKER-USER
        $t -A DOCKER-USER -j RETURN
        $t -A FORWARD -j DOCKER-USER
        $t -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        $t -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
        $t -A FORWARD -i docker0 -o docker0 -j ACCEPT
      done
      iptables -t nat -A POSTROUTING -s 172.21.0.0/16 ! -o docker0 -j MASQUERADE
      ip6tables -t nat -A POSTROUTING -s fd00:21::/64 ! -o docker0 -j MASQUERADE
      """;

  private static Programs programs;

  @BeforeAll
  static void start() throws IOException {
    programs = Programs.servers("share");
    laptop().run("sh", "-c", BRIDGE, "sh", DOCKER, "1").orThrow();
    laptop().run("sh", "-c", BRIDGE, "sh", OTHER, "2").orThrow();
    laptop().shell(RULES).orThrow();
    laptop()
        .shell(
            "sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")
        .orThrow();
    Until.holds(() ->
        assertThat(laptop().run("ip", "netns", "exec", "box2", "ping", "-c1", "-W1", "fd00:22::1"))
            .extracting(Run::ok)
            .isEqualTo(true));
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-dns=intercept", "-dns=direct"})
  void letsContainersIntoTheClusterAsThePod(String dns) throws IOException {
    String before = host();
    try (RunningProgram client = programs.connect("-share-with=" + DOCKER, "-expose=1", dns)) {
      for (String service : List.of(LabNet.WEB_SERVICE.v4(), LabNet.WEB_SERVICE.v6Bracketed())) {
        assertThat(fetch("box1", service).stdout()).contains("serves");
      }
      assertThat(fetch("box1", LabNet.POD_WEB.v4()).stdout()).contains(P.v4());
      assertThat(fetch("box1", LabNet.POD_WEB.v6Bracketed()).stdout()).contains(P.v6());
      for (String server :
          List.of(LabNet.ROUTER_LAN.v4(), "172.21.0.1", LabNet.ROUTER_LAN.v6(), "fd00:21::1")) {
        assertThat(dig(server, LabNet.WEB_NAME)).isEqualTo(LabNet.WEB_SERVICE.v4() + "\n");
        assertThat(dig(server, "+tcp", LabNet.WEB_NAME)).isEqualTo(LabNet.WEB_SERVICE.v4() + "\n");
        assertThat(dig(server, LabNet.OUTSIDE_NAME)).isEqualTo(LabNet.OUTSIDE.v4() + "\n");
      }
      assertThat(fetch("box2", LabNet.WEB_SERVICE.v4()).ok()).as("another bridge").isFalse();
      assertThat(laptop().run(programs.teletun("status", "-output=json")).orThrow())
          .contains("\"sharedWith\":\"docker0\"");
      assertThat(client.output()).doesNotContain("keeps packets from there out");
      client.signal("TERM");
      client.awaitExit(Programs.LIMIT);
    }
    assertThat(host()).isEqualTo(before);
  }

  @Test
  void refusesThemWithAReasonWithoutTheOption() throws IOException {
    try (RunningProgram client = programs.connect("-expose=1")) {
      assertThat(
              laptop()
                  .run("ip", "netns", "exec", "box1", "ping", "-c1", "-W2", LabNet.WEB_SERVICE.v4())
                  .stdout())
          .contains("Packet filtered");
      Until.holds(() -> assertThat(client.output()).contains("-share-with=BRIDGE"));
    }
  }

  @Test
  void namesTheRuleThatKeepsThemOutAndTheCommandThatLetsThemThrough() throws IOException {
    try (RunningProgram client = programs.connect("-share-with=" + OTHER, "-expose=1")) {
      assertThat(fetch("box2", LabNet.WEB_SERVICE.v4()).ok()).isFalse();
      assertThat(fetch("box2", LabNet.WEB_SERVICE.v6Bracketed()).ok()).isFalse();
      Until.holds(() ->
          assertThat(client.output())
              .contains("chain FORWARD of table ip filter of iptables keeps packets from there out")
              .contains("chain FORWARD of table ip6 filter of ip6tables keeps"));

      Matcher commands = COMMAND.matcher(client.output());
      while (commands.find()) {
        laptop().shell(commands.group(1).replace("sudo ", "")).orThrow();
      }

      assertThat(fetch("box2", LabNet.WEB_SERVICE.v4()).stdout()).contains("serves");
      assertThat(fetch("box2", LabNet.WEB_SERVICE.v6Bracketed()).stdout()).contains("serves");
    }
  }

  @Test
  void saysThatTheHostDoesNotForward() throws IOException {
    laptop().shell("sysctl -qw net.ipv4.ip_forward=0").orThrow();
    try (RunningProgram client = programs.connect("-share-with=" + DOCKER, "-expose=1")) {
      assertThat(client.output())
          .contains("this host forwards no IPv4")
          .contains("sudo sysctl -w net.ipv4.ip_forward=1")
          .doesNotContain("forwards no IPv6");
      assertThat(laptop().run("cat", "/proc/sys/net/ipv4/ip_forward").stdout()).startsWith("0");
    } finally {
      laptop().shell("sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=1").orThrow();
    }
  }

  @Test
  void refusesInterfacesThatAreNoBridgesOfContainers() throws IOException {
    String before = host();
    try (RunningProgram client =
        programs.startClient("-share-with=nope", "-share-with=lo", "-share-with=eth0")) {
      assertThat(client.awaitExit(Programs.LIMIT)).isNotZero();
      assertThat(client.output())
          .contains("-share-with=nope: there is no such interface")
          .contains("-share-with=lo: what this host itself sends")
          .contains("-share-with=eth0: the default route leaves there");
    }
    assertThat(host()).isEqualTo(before);
  }

  /** Without what iptables has made: nft warns about it. */
  private static String host() throws IOException {
    return laptop()
        .shell("ip addr; ip route; ip -6 route; ip rule; nft list tables; cat /etc/resolv.conf")
        .orThrow();
  }

  private static String dig(String server, String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", "box1", "dig", "+short"));
    line.addAll(List.of("+tries=1", "+time=3", "@" + server));
    line.addAll(List.of(words));
    return laptop().run(line.toArray(String[]::new)).stdout();
  }

  private static Run fetch(String box, String address) throws IOException {
    return laptop()
        .run("ip", "netns", "exec", box, "curl", "-sS", "-m3", "http://%s/".formatted(address));
  }

  private static Host laptop() {
    return programs.laptop();
  }
}
