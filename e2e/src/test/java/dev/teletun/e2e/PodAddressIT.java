package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pod gets other addresses, or has none of IPv4. */
@Tag("netns")
@Timeout(120)
class PodAddressIT {
  private static final DualStack OTHER = new DualStack("10.244.0.77", "fd00:10:244::77");
  private static final int PORT = 7777;

  private final CloseStack started = new CloseStack();
  private Programs programs;
  private HostSnapshot before;
  private Host laptop;
  private Host pod;

  @BeforeEach
  void up() throws IOException {
    programs = started.own(Programs.in("paddr", LabOptions.DEFAULT));
    laptop = programs.laptop();
    pod = programs.lab().podCluster();
    before = programs.laptopNow();
  }

  @AfterEach
  void down() throws IOException {
    started.close();
  }

  @Test
  void aReplacedPodIsFollowedAndConnectionsOfBeforeEndAtOnce() throws IOException {
    programs.startCluster();
    programs.startExternal();
    RunningProgram client = programs.connect();
    try (Conversation talk =
        Conversation.begin(laptop, programs.lab().web(), LabNet.POD_WEB, PORT)) {
      talk.exchange();

      replaceAddresses(LabNet.POD_CLUSTER, OTHER);

      client.awaitLine(Pattern.compile("the pod was replaced: .*1 connections"), Programs.LIMIT);
      client.awaitLine(Pattern.compile("this host is .*" + OTHER.v6() + " now"), Programs.LIMIT);
      assertThat(talk.awaitEnd()).contains("Software caused connection abort");
    }
    for (String web : new String[] {LabNet.POD_WEB.v4(), LabNet.POD_WEB.v6Bracketed()}) {
      Run seen = laptop.run("curl", "-sS", "-m10", "http://%s/".formatted(web));
      assertThat(seen.orThrow()).contains(web.contains(":") ? OTHER.v6() : OTHER.v4());
    }
    endAndCompare(client);
  }

  @Test
  void aPodWithIpv6AloneIsTaken() throws IOException {
    pod.run("ip", "-4", "addr", "flush", "dev", "eth0").orThrow();
    pod.shell(
            "sed -i 's/^nameserver .*/nameserver %s/' /etc/resolv.conf"
                .formatted(LabNet.DNS_SERVICE.v6()))
        .orThrow();
    programs.startCluster();
    RunningProgram external = programs.startExternal();

    RunningProgram client = programs.connect();

    assertThat(client.output()).contains("connected as " + LabNet.POD_CLUSTER.v6() + " on");
    String page =
        laptop.run("curl", "-sS", "-6", "-m10", "http://" + LabNet.WEB_NAME + "/").orThrow();
    assertThat(page).contains(programs.lab().seenByServices(LabNet.POD_CLUSTER).v6());
    client.signal("TERM");
    client.awaitExit(Programs.LIMIT);

    laptop.run(
        "openssl",
        "s_client",
        "-connect",
        LabNet.NODE.v4() + ":" + LabNet.NODE_PORT,
        "-cert",
        clientCertificate(),
        "-key",
        programs.keys().resolve("client.key").toString());
    external.awaitLine(Pattern.compile("refused .*only IPv6"), Programs.LIMIT);
  }

  private String clientCertificate() throws IOException {
    String file = programs.lab().directory().resolve("client.crt").toString();
    laptop
        .run(
            "openssl",
            "req",
            "-x509",
            "-key",
            programs.keys().resolve("client.key").toString(),
            "-subj",
            "/CN=client",
            "-out",
            file)
        .orThrow();
    return file;
  }

  /** As a container runtime does for a new pod; here it is the same pod, whose processes stay. */
  private void replaceAddresses(DualStack old, DualStack next) throws IOException {
    String steps =
        """
        addr del %s/24 dev eth0
        addr add %s/24 dev eth0
        route replace default via %s
        addr add %s/64 dev eth0 nodad
        addr del %s/64 dev eth0
        """
            .formatted(old.v4(), next.v4(), LabNet.GATEWAY.v4(), next.v6(), old.v6());
    pod.runWithInput(steps, "ip", "-batch", "-").orThrow();
  }

  private void endAndCompare(RunningProgram client) throws IOException {
    client.signal("TERM");
    client.awaitExit(Programs.LIMIT);
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }
}
