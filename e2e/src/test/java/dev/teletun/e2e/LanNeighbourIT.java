package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Somebody on the laptop's own LAN who sends to the pod's address by the laptop's Ethernet address
 * (CVE-2019-14899): the router stands for him.
 */
@Tag("netns")
@Timeout(120)
class LanNeighbourIT {
  private static final int PORT = 8080;
  private static final DualStack P = LabNet.POD_CLUSTER;

  private static Programs programs;

  @BeforeAll
  static void connect() throws IOException {
    programs = Programs.connected("lan", LabOptions.DEFAULT);
    programs.lab().startWebServer(laptop(), PORT);
    neighbour()
        .shell(
            """
            set -e
            ip route add %s via %s dev lan0
            ip route add %s via %s dev lan0
            """
                .formatted(P.v4(), LabNet.LAPTOP.v4(), P.v6(), LabNet.LAPTOP.v6()))
        .orThrow();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @Test
  void aNeighbourGetsNoAnswerFromThePodsAddressAndPodsDo() throws IOException {
    Path pcap = programs.lab().directory().resolve("neighbour.pcap");

    try (Closeable _ = neighbour().capture("lan0", pcap)) {
      for (String address : List.of(P.v4(), P.v6Bracketed())) {
        assertThat(http(neighbour(), address, PORT)).contains("timed out");
        assertThat(http(neighbour(), address, PORT + 1)).contains("timed out"); // no RST either
        String plain = address.replaceAll("[\\[\\]]", "");
        assertThat(neighbour().run("ping", "-c1", "-W1", plain).ok()).isFalse();
      }
    }

    assertThat(packets(pcap, "dst host %s or dst host %s"))
        .as("they reach the laptop's door, or this shows nothing")
        .hasSizeGreaterThanOrEqualTo(8);
    assertThat(packets(pcap, "src host %s or src host %s")).isEmpty();
    for (String address : List.of(P.v4(), P.v6Bracketed())) {
      assertThat(http(programs.lab().web(), address, PORT)).contains("serves");
      assertThat(http(laptop(), address, PORT)).as("the laptop itself").contains("serves");
    }
  }

  private static String http(Host from, String address, int port) throws IOException {
    var run = from.run("curl", "-sS", "-m2", "http://%s:%d/".formatted(address, port));
    return run.stdout() + run.stderr();
  }

  private static List<String> packets(Path pcap, String filter) throws IOException {
    return neighbour()
        .run("tcpdump", "-nr", pcap.toString(), filter.formatted(P.v4(), P.v6()))
        .orThrow()
        .lines()
        .toList();
  }

  private static Host laptop() {
    return programs.laptop();
  }

  private static Host neighbour() {
    return programs.lab().router();
  }
}
