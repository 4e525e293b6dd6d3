package dev.teletun.linux.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.namespace.TestNamespace;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Flows over loopback, with {@code conntrack} as the oracle. */
@Tag("netns")
class ConntrackIT {
  private final CloseStack owned = new CloseStack();
  private TestNamespace namespace;
  private Conntrack conntrack;

  @BeforeEach
  void open() throws IOException {
    namespace = owned.own(TestNamespace.create());
    namespace.run(
        "nft",
        """
        table inet test {
          chain redirects { type nat hook output priority -100
            ip daddr 127.0.0.1 udp dport 53 redirect to :5353
            ip6 daddr ::1 udp dport 53 redirect to :5353
          }
          chain marks { type filter hook output priority 0
            udp dport 5353 ct mark set 0x54
          }
        }
        """);
    conntrack = owned.own(namespace.call(Conntrack::open));
  }

  @AfterEach
  void close() throws IOException {
    owned.close();
  }

  @Test
  void readsTranslatedFlowsOfBothFamilies() throws Exception {
    for (String loopback : List.of("127.0.0.1", "::1")) {
      InetAddress own = InetAddress.ofLiteral(loopback);
      send(own, 40_000, 53);

      Flow expected =
          new Flow(
              Flow.UDP, new Tuple(own, 40_000, own, 53), new Tuple(own, 5353, own, 40_000), 0x54);
      assertThat(conntrack.flows()).contains(expected);
      assertThat(expected.isTranslated()).isTrue();
    }
    assertThat(namespace.run("conntrack", "-L"))
        .contains("src=127.0.0.1 dst=127.0.0.1 sport=40000 dport=53")
        .contains("sport=5353 dport=40000 mark=84");
    assertThat(conntrack.flows()).hasSize(2);
  }

  @Test
  void deletesTheFlowsChosenAndNoOther() throws Exception {
    InetAddress v4 = InetAddress.ofLiteral("127.0.0.1");
    InetAddress v6 = InetAddress.ofLiteral("::1");
    for (int i = 0; i < 200; i++) {
      send(v4, 40_000 + i, 53);
      send(v6, 40_000 + i, 53);
    }
    send(v4, 40_000, 9999);
    send(v6, 40_000, 9999);

    int deleted = conntrack.delete(flow -> flow.original().destinationPort() == 53);

    assertThat(deleted).isEqualTo(400);
    assertThat(conntrack.flows())
        .hasSize(2)
        .allMatch(flow -> flow.original().destinationPort() == 9999 && !flow.isTranslated());
    assertThat(namespace.run("conntrack", "-L") + namespace.run("conntrack", "-L", "-f", "ipv6"))
        .doesNotContain("dport=53 ")
        .contains("dport=9999");
    assertThat(conntrack.delete(flow -> flow.original().destinationPort() == 53)).isZero();
  }

  @Test
  void deletesAFlowWithoutPorts() throws Exception {
    namespace.run("ping", "-c1", "127.0.0.1");
    namespace.run("ping", "-c1", "::1");
    assertThat(conntrack.flows()).extracting(Flow::protocol).containsExactlyInAnyOrder(1, 58);

    assertThat(conntrack.delete(_ -> true)).isEqualTo(2);
    assertThat(conntrack.flows()).isEmpty();
  }

  private void send(InetAddress to, int from, int port) throws IOException {
    namespace.call(() -> {
      try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(to, from))) {
        socket.send(new DatagramPacket(new byte[1], 1, to, port));
        return true;
      }
    });
  }
}
