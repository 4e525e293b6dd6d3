package dev.teletun.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("netns")
@Timeout(60)
class LabIT {
  private static final String PREFIX = "labit";

  private static Lab lab;

  @BeforeAll
  static void up() throws Exception {
    lab = Lab.up(PREFIX);
  }

  @AfterAll
  static void down() throws Exception {
    Path directory = lab.directory();
    lab.close();
    lab.close();

    assertThat(directory).doesNotExist();
    assertThat(namespaces()).isEmpty();
  }

  @Test
  void laptopReachesPodAByTheNodePort() throws Exception {
    String port = Integer.toString(LabNet.EXTERNAL_PORT);
    try (RunningProgram tcp = lab.podExternal().start("nc", "-lk", port);
        RunningProgram udp = lab.podExternal().start("nc", "-luk", port)) {
      awaitListening(lab.podExternal(), LabNet.EXTERNAL_PORT);

      String nodePort = Integer.toString(LabNet.NODE_PORT);
      lab.laptop().runWithInput("tcp4\n", "nc", "-N", LabNet.NODE.v4(), nodePort).orThrow();
      lab.laptop().runWithInput("udp4\n", "nc", "-uw1", LabNet.NODE.v4(), nodePort).orThrow();
      tcp.awaitLine(Pattern.compile("tcp4"), Duration.ofSeconds(5));
      udp.awaitLine(Pattern.compile("udp4"), Duration.ofSeconds(5));
    }
  }

  @Test
  void laptopReachesPodAByTheNodePortOverIpv6() throws Exception {
    String port = Integer.toString(LabNet.EXTERNAL_PORT);
    try (RunningProgram tcp = lab.podExternal().start("nc", "-6lk", port)) {
      awaitListening(lab.podExternal(), LabNet.EXTERNAL_PORT);

      String nodePort = Integer.toString(LabNet.NODE_PORT);
      lab.laptop().runWithInput("tcp6\n", "nc", "-N", LabNet.NODE.v6(), nodePort).orThrow();
      tcp.awaitLine(Pattern.compile("tcp6"), Duration.ofSeconds(5));
    }
  }

  @Test
  void laptopReachesNothingOfTheCluster() throws Exception {
    for (DualStack inside : new DualStack[] {LabNet.POD_WEB, LabNet.WEB_SERVICE}) {
      assertThat(curl(lab.laptop(), inside.v4()).ok()).isFalse();
      assertThat(curl(lab.laptop(), inside.v6Bracketed()).ok()).isFalse();
    }
  }

  @Test
  void laptopReachesTheOutside() throws Exception {
    assertThat(lab.laptop().run("ping", "-c1", "-W2", LabNet.OUTSIDE.v4()).ok()).isTrue();
    assertThat(lab.laptop().run("ping", "-c1", "-W2", LabNet.OUTSIDE.v6()).ok()).isTrue();
    assertThat(lab.web().run("ping", "-c1", "-W2", LabNet.OUTSIDE.v4()).ok()).isTrue();
  }

  @Test
  void podReachesServicesWithItsOwnAddress() throws Exception {
    DualStack seen = lab.seenByServices(LabNet.POD_CLUSTER);
    for (String server : new String[] {LabNet.WEB_NAME, LabNet.WEB_SERVICE.v4()}) {
      assertThat(lab.podCluster().run("curl", "-4sS", server).orThrow())
          .endsWith("serves %s\n".formatted(seen.v4()));
    }
    assertThat(curl(lab.podCluster(), LabNet.WEB_SERVICE.v6Bracketed()).orThrow())
        .endsWith("serves %s\n".formatted(seen.v6()));
  }

  @Test
  void echoAnswersOverUdpAndTcp() throws Exception {
    String port = Integer.toString(LabNet.ECHO_PORT);
    for (String address : new String[] {LabNet.ECHO_SERVICE.v4(), LabNet.POD_ECHO.v6()}) {
      assertThat(lab.web().runWithInput("one", "nc", "-N", address, port).stdout())
          .isEqualTo("one");
      assertThat(lab.web().runWithInput("two", "nc", "-uw1", address, port).stdout())
          .isEqualTo("two");
    }
  }

  @Test
  void webServesAndTakesTheSameBytes() throws Exception {
    Host pod = lab.podCluster();
    String sum = curl(pod, LabNet.WEB_NAME + "/sha256/3000000").orThrow().strip();

    assertThat(
            pod.shell("curl -sS %s/bytes/3000000 | sha256sum".formatted(LabNet.WEB_NAME)).stdout())
        .startsWith(sum);
    assertThat(
            pod.shell(
                    "curl -sS %s/bytes/3000000 | curl -sS -T - -H 'Transfer-Encoding:' -H 'Content-Length: 3000000' %s/x"
                        .formatted(LabNet.WEB_NAME, LabNet.POD_WEB2.v6Bracketed()))
                .stdout()
                .strip())
        .isEqualTo(sum);
  }

  @Test
  void clusterDnsAnswersOverUdpAndTcp() throws Exception {
    for (String way : new String[] {"+notcp", "+tcp"}) {
      assertThat(dig(lab.podCluster(), way, LabNet.WEB_NAME)).isEqualTo(LabNet.WEB_SERVICE.v4());
      assertThat(dig(lab.podCluster(), way, LabNet.WEB_NAME, "AAAA"))
          .isEqualTo(LabNet.WEB_SERVICE.v6());
      assertThat(dig(lab.podCluster(), way, "-x", LabNet.WEB_SERVICE.v4()))
          .isEqualTo(LabNet.WEB_NAME + ".");
      assertThat(dig(lab.podCluster(), way, "_http._tcp." + LabNet.WEB_NAME, "SRV"))
          .isEqualTo("0 0 80 %s.".formatted(LabNet.WEB_NAME));
    }
    assertThat(dig(lab.podCluster(), "+ignore", "+bufsize=512", LabNet.BIG_NAME).lines().count())
        .isLessThan(LabNet.BIG_NAME_ADDRESSES);
    assertThat(dig(lab.podCluster(), LabNet.BIG_NAME).lines()).hasSize(LabNet.BIG_NAME_ADDRESSES);
  }

  @Test
  void eachNameServerHasItsOwnAnswer() throws Exception {
    assertThat(dig(lab.laptop(), LabNet.SPLIT_NAME)).isEqualTo(LabNet.SPLIT_FIRST);
    assertThat(dig(lab.laptop(), "@" + LabNet.SECOND_NAME_SERVER.v4(), LabNet.SPLIT_NAME))
        .isEqualTo(LabNet.SPLIT_SECOND);
    assertThat(dig(lab.laptop(), "@" + LabNet.ROUTER_LAN.v6(), LabNet.SPLIT_NAME))
        .isEqualTo(LabNet.SPLIT_FIRST);
    assertThat(dig(lab.podCluster(), LabNet.SPLIT_NAME)).isEqualTo(LabNet.SPLIT_CLUSTER);
    assertThat(dig(lab.podCluster(), LabNet.OUTSIDE_NAME)).isEqualTo(LabNet.OUTSIDE.v4());
    assertThat(lab.laptop().run("getent", "ahostsv4", "printer").orThrow())
        .startsWith(LabNet.PRINTER);
  }

  @Test
  void resolvConfMayBeRenamedOver() throws Exception {
    Host laptop = lab.laptop();
    String before = laptop.resolvConf();

    laptop
        .shell("cp -p /etc/resolv.conf /etc/old && echo nameserver 192.0.2.1 >/etc/new")
        .orThrow();
    laptop.run("mv", "/etc/new", "/etc/resolv.conf").orThrow();

    assertThat(laptop.resolvConf()).isEqualTo("nameserver 192.0.2.1\n");
    assertThat(lab.node().resolvConf()).isNotEqualTo("nameserver 192.0.2.1\n");
    assertThat(Files.readString(Path.of("/etc/resolv.conf"))).doesNotContain("192.0.2.1");
    laptop.run("mv", "/etc/old", "/etc/resolv.conf").orThrow();
    assertThat(laptop.resolvConf()).isEqualTo(before);
  }

  @Test
  void podsCannotWriteSysctls() throws Exception {
    Run write = lab.podCluster().shell("echo 1 >/proc/sys/net/ipv4/ip_forward");

    assertThat(write.ok()).isFalse();
    assertThat(write.stderr()).contains("Read-only file system");
  }

  @Test
  void refusesThePrefixOfALiveLab() {
    assertThatIOException()
        .isThrownBy(() -> Lab.up(PREFIX))
        .withMessageContaining("use another prefix");
  }

  @Test
  void recordsWhatPassesAnInterface() throws Exception {
    Path pcap = lab.directory().resolve("test.pcap");

    try (var _ = lab.router().capture("lan0", pcap)) {
      lab.laptop().run("ping", "-c1", "-W2", "-p", "4d41524b", LabNet.OUTSIDE.v4()).orThrow();
    }

    assertThat(new String(Files.readAllBytes(pcap), java.nio.charset.StandardCharsets.ISO_8859_1))
        .contains("MARKMARK");
  }

  private static Run curl(Host from, String to) throws Exception {
    return from.run("curl", "-sS", "--max-time", "5", "http://" + to);
  }

  private static String dig(Host from, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 4];
    System.arraycopy(arguments, 0, command, 4, arguments.length);
    command[0] = "dig";
    command[1] = "+short";
    command[2] = "+tries=1";
    command[3] = "+timeout=3";
    return from.run(command).orThrow().strip();
  }

  private static void awaitListening(Host host, int port) throws Exception {
    while (!host.listens(port)) {
      RunningProgram.pause();
    }
  }

  private static Stream<Path> namespaces() throws Exception {
    try (var names = Files.list(Leftovers.NAMES)) {
      return names
          .filter(n -> n.getFileName().toString().startsWith(PREFIX + "-"))
          .toList()
          .stream();
    }
  }
}
