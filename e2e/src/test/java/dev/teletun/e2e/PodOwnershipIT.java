package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What server-cluster takes of its pod and what it leaves, and from whom it takes packets. */
@Tag("netns")
@Timeout(120)
class PodOwnershipIT {
  private static final int PORT = 8080;
  private static final int KEPT_PORT = 8081;
  private static final int CLOSED_PORT = 81;
  private static final DualStack P_BOTH = LabNet.POD_CLUSTER;
  private static final List<String> P = List.of(P_BOTH.v4(), P_BOTH.v6Bracketed());
  private static final String NOT_ND = // RFC 4861: the pod itself still answers these
      "not (ip6[6] == 58 and ip6[40] >= 133 and ip6[40] <= 136)";
  private static final Pattern LINKED = Pattern.compile("^server-external is linked");
  private static final String NET_ADMIN_ALONE = "0000000000001000"; // 1 << 12, capability.h

  private static Programs programs;

  private final CloseStack started = new CloseStack();

  @BeforeAll
  static void up() throws IOException {
    programs = Programs.in("owner", LabOptions.DEFAULT);
    for (int port : new int[] {PORT, KEPT_PORT}) {
      programs.lab().startWebServer(pod(), port);
      programs.lab().startWebServer(programs.laptop(), port);
    }
  }

  @AfterAll
  static void down() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void end() throws IOException {
    started.close();
  }

  @Test
  void thePodIsSilentForPWhileNoClientIsThere() throws IOException {
    RunningProgram cluster = started.own(programs.startCluster());
    started.own(programs.startExternal());
    cluster.awaitLine(LINKED, Programs.LIMIT);
    Path pcap = programs.lab().directory().resolve("silent.pcap");

    try (Closeable _ = pod().capture("eth0", pcap)) {
      for (String p : P) {
        assertThat(http(p, CLOSED_PORT)).contains("timed out"); // a RST would be "refused"
        assertThat(http(p, PORT)).contains("timed out"); // where the pod itself listens
        assertThat(web().run("ping", "-c1", "-W1", plain(p)).ok()).isFalse();
        assertThat(udp(p, CLOSED_PORT)).doesNotContain("refused");
      }
    }

    assertThat(read(pcap, "dst host %s or dst host %s"))
        .as("packets reach the pod, or this shows nothing")
        .hasSizeGreaterThanOrEqualTo(8); // four of each family, more where TCP tried twice
    assertThat(read(pcap, "(src host %s or src host %s) and not arp and " + NOT_ND)).isEmpty();
  }

  @Test
  void aClosedPortIsRefusedByTheLaptopAndByNobodyElse() throws IOException {
    started.own(programs.startCluster());
    started.own(programs.startExternal());
    started.own(programs.connect());
    Path atPod = programs.lab().directory().resolve("pod.pcap");
    Path atLaptop = programs.lab().directory().resolve("laptop.pcap");

    try (Closeable _ = pod().capture("eth0", atPod);
        Closeable _ = programs.laptop().capture("tel0", atLaptop)) {
      for (String p : P) {
        assertThat(http(p, CLOSED_PORT)).contains("Couldn't connect");
        assertThat(udp(p, CLOSED_PORT)).contains("refused");
      }
    }

    String refusals =
        "(src host %s or src host %s) and (tcp port 81 or icmp[0] == 3 or (ip6[6] == 58 and ip6[40] == 1)"
            + " or (ip6[6] == 6 and ip6[40:2] == 81))";
    assertThat(read(atLaptop, refusals)).hasSize(4);
    assertThat(read(atPod, refusals)).hasSize(4);
  }

  @Test
  void aKeptPortStaysThePodsAndTheRestIsTheLaptops() throws IOException {
    started.own(programs.startCluster("-keep-port=" + KEPT_PORT));
    started.own(programs.startExternal());
    started.own(programs.connect());

    for (String p : P) {
      Until.holds(() -> assertThat(http(p, PORT)).startsWith("laptop serves"));
      assertThat(http(p, KEPT_PORT)).startsWith("pod-cluster serves");
    }
  }

  @Test
  void netAdminAloneAndAReadOnlyProcSysAreEnough() throws IOException {
    RunningProgram cluster =
        started.own(
            programs.startClusterBy(
                List.of(
                    "unshare",
                    "--mount",
                    "sh",
                    "-c",
                    "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys &&"
                        + " ! (echo 1 >/proc/sys/net/ipv4/ip_forward) 2>/dev/null && exec \"$@\"",
                    "sh")));
    started.own(programs.startExternal());
    started.own(programs.connect());

    for (String p : P) {
      Until.holds(() -> assertThat(http(p, PORT)).startsWith("laptop serves"));
    }
    List<String> status = Files.readAllLines(Path.of("/proc/" + cluster.pid() + "/status"));
    assertThat(status)
        .contains("CapEff:\t" + NET_ADMIN_ALONE, "CapBnd:\t" + NET_ADMIN_ALONE)
        .contains("CapPrm:\t" + NET_ADMIN_ALONE);
  }

  @Test
  void anotherUidOnTheSockfileIsRefusedAndDisturbsNobody() throws IOException {
    RunningProgram cluster = started.own(programs.startCluster());
    started.own(programs.startExternal());
    started.own(programs.connect());

    RunningProgram stranger = started.own(startFrames(1234, "uid"));

    stranger.awaitLine(Pattern.compile("^hung up b''"), Programs.LIMIT);
    cluster.awaitLine(Pattern.compile("^refused uid 1234 "), Programs.LIMIT);
    for (String p : P) {
      assertThat(http(p, PORT)).startsWith("laptop serves");
    }
    assertThat(cluster.output()).doesNotContain("is gone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-frames"})
  void packetsFromAnotherSourceThanPNeverLeaveThePod(String way) throws IOException {
    started.own(startCluster(way));
    Path pcap = programs.lab().directory().resolve("sources.pcap");

    try (Closeable _ = pod().capture("eth0", pcap)) {
      started.own(startFrames(Programs.EXTERNAL_UID, "wrong-source"));
      Until.holds(() ->
          assertThat(read(pcap, "(src host %s or src host %s) and udp dst port 9"))
              .as("what comes from P, in both families, leaves after all others")
              .hasSize(2));
    }

    assertThat(Files.readString(pcap, StandardCharsets.ISO_8859_1)).doesNotContain("STRANGER");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-frames"})
  void whatIsNoFrameEndsTheLinkAndGivesThePodBack(String way) throws IOException {
    RunningProgram cluster = started.own(startCluster(way));

    RunningProgram peer = started.own(startFrames(Programs.EXTERNAL_UID, "garbage"));

    peer.awaitLine(Pattern.compile("^ended"), Programs.LIMIT);
    cluster.awaitLine(Pattern.compile("^server-external is gone"), Programs.LIMIT);
    for (String p : P) {
      assertThat(http(p, PORT)).startsWith("pod-cluster serves");
    }
    started.own(programs.startExternal());
    started.own(programs.connect());
    Until.holds(() -> assertThat(http(P.getFirst(), PORT)).startsWith("laptop serves"));
  }

  private static RunningProgram startCluster(String way) throws IOException {
    return way.isEmpty() ? programs.startCluster() : programs.startCluster(way);
  }

  private static RunningProgram startFrames(int uid, String what) throws IOException {
    Path script = programs.lab().directory().resolve("frames.py");
    try (InputStream source = PodOwnershipIT.class.getResourceAsStream("frames.py")) {
      Files.write(script, Objects.requireNonNull(source).readAllBytes());
    }
    return programs
        .lab()
        .podExternal()
        .start(
            "setpriv",
            "--reuid=" + uid,
            "--regid=" + Programs.EXTERNAL_UID,
            "--clear-groups",
            "env", // a python3 that only root may run would do for the lab, but not here
            "PATH=/usr/bin:/bin",
            "python3",
            "-IS",
            script.toString(),
            programs.sockfile().toString(),
            what);
  }

  /** What another pod gets at P: the answer, or curl's complaint. */
  private static String http(String p, int port) throws IOException {
    Run curl = web().run("curl", "-sS", "-m1", "http://%s:%d/".formatted(p, port));
    return curl.stdout() + curl.stderr();
  }

  private static String udp(String p, int port) throws IOException {
    String family = p.startsWith("[") ? "UDP6" : "UDP4";
    return web()
        .runWithInput("x", "socat", "-T1", "-", "%s:%s:%d".formatted(family, p, port))
        .stderr();
  }

  /** The packets of a capture that a filter of pcap-filter(7), with P twice in it, lets through. */
  private static List<String> read(Path pcap, String filter) throws IOException {
    return pod()
        .run("tcpdump", "-nr", pcap.toString(), filter.formatted(P_BOTH.v4(), P_BOTH.v6()))
        .orThrow()
        .lines()
        .toList();
  }

  private static String plain(String address) {
    return address.replaceAll("[\\[\\]]", "");
  }

  private static Host pod() {
    return programs.lab().podCluster();
  }

  private static Host web() {
    return programs.lab().web();
  }
}
