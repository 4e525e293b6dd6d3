package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server with the right key that says what no server should: the client leaves its host alone.
 */
@Tag("netns")
@Timeout(180)
class HostileServerIT {
  private static final int PORT = 5560;
  private static final int PORTAL = 8080;
  private static final int FAILED = 1;
  private static final String SEPARATOR = " … ";
  private static final String GOOD = "10.77.0.7\0nameserver 10.96.0.10\n\0";

  private static Programs programs;
  private static Host laptop;
  private static Path keys;
  private static Path text;
  private static Path script;

  /** What the server says, and what the client answers the user. */
  enum Says {
    MEGABYTE("10.77.0.7\n".repeat(105_000), "more than 8192 bytes", "terminating NUL"),
    NO_NUL_AND_THEN_NOTHING("10.77.0.7", "did not answer within 8 s"),
    CARRIAGE_RETURN("10.77.0.7\r\n\0\0", "\"10.77.0.7\\u000d\" is not an IP address"),
    CONTROL_CHARACTERS("\u001b]0;owned\u0007\n10.77.0.7\0\0", "\\u001b]0;owned\\u0007"),
    LOOPBACK("127.0.0.1\0\0", "127.0.0.1", "is a loopback address"),
    SIXTY_FIVE_IPV6("10.77.0.7\n" + ipv6(65) + "\0\0", "has 66 addresses", "1 to 64"),
    NO_IPV4("fd00:77::7\0\0", "exactly one", "IPv6-only"),
    LONG_RESOLV_CONF("10.77.0.7\0" + "#".repeat(70_000), "more than 65536 bytes"),
    NO_UDP(GOOD, "UDP 172.30.0.2:5560", ": no DTLS answer within 8 s", "firewall");

    final String bytes;
    final String words;

    Says(String bytes, String... words) {
      this.bytes = bytes;
      this.words = String.join(SEPARATOR, words);
    }

    private static String ipv6(int count) {
      return IntStream.rangeClosed(1, count)
          .mapToObj("fd00:77::%x"::formatted)
          .collect(Collectors.joining("\n"));
    }
  }

  @BeforeAll
  static void startServer() throws IOException {
    programs = Programs.in("hosrv", LabOptions.DEFAULT.withoutServices());
    laptop = programs.laptop();
    keys = programs.keys();
    text = keys.resolve("text");
    script = keys.resolve("say.sh");
    ForeignTools.certificate(laptop, keys, "client");
    ForeignTools.certificate(laptop, keys, "server");
    Host node = programs.lab().node();
    node.start(
        "socat",
        "OPENSSL-LISTEN:%d,reuseaddr,fork,cert=%s,key=%s,cafile=%s,verify=1"
            .formatted(
                PORT,
                keys.resolve("server.crt"),
                keys.resolve("server.key"),
                keys.resolve("client.crt")),
        "SYSTEM:sh " + script);
    Until.holds(() -> assertThat(node.listens(PORT)).isTrue());
    // A black hole, where a closed port would answer.
    node.runWithInput(
            """
            table inet hole {
              chain input {
                type filter hook input priority filter
                udp dport %d drop
              }
            }
            """
                .formatted(PORT),
            "nft",
            "-f",
            "-")
        .orThrow();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Says.class)
  void leavesTheHostAlone(Says says) throws IOException {
    serve(says.bytes, "exec sleep 20");

    expect(says.words.split(SEPARATOR));
  }

  @Test
  void saysWhereTheServerStopped() throws IOException {
    serve("10.77.0.7", "exit");

    expect("closed the connection after 9 bytes", "before the terminating NUL");
  }

  /** What a hotel's portal does with every TCP connection until somebody has paid. */
  @Test
  void leavesTheHostAloneBehindACaptivePortal() throws IOException {
    Host router = programs.lab().router();
    Path portal = keys.resolve("portal.sh");
    Files.writeString(
        portal,
        """
        printf 'HTTP/1.1 302 Found\\r\\nLocation: http://portal.example/\\r\\n\\r\\n'
        exec cat >/dev/null
        """);
    router.start("socat", "TCP-LISTEN:%d,reuseaddr,fork".formatted(PORTAL), "SYSTEM:sh " + portal);
    Until.holds(() -> assertThat(router.listens(PORTAL)).isTrue());
    router
        .shell(
            "nft 'table ip portal { chain p { type nat hook prerouting priority -110; iifname lan0 tcp dport %d redirect to :%d; }; }'"
                .formatted(PORT, PORTAL))
        .orThrow();
    try {
      expect("speaks no TLS", "captive portal");
    } finally {
      router.run("nft", "delete", "table", "ip", "portal").orThrow();
    }
  }

  private static void serve(String bytes, String then) throws IOException {
    Files.writeString(text, bytes, StandardCharsets.ISO_8859_1);
    Files.writeString(script, "cat %s; %s\n".formatted(text, then));
  }

  private static void expect(String... words) throws IOException {
    HostSnapshot before = programs.laptopNow();

    Run run =
        laptop.run(
            programs.teletun(
                "client",
                "-address=" + LabNet.NODE.v4(),
                "-port=" + PORT,
                "-server-pubkey=" + keys.resolve("server.pub"),
                "-client-pubkey=" + keys.resolve("client.crt"),
                "-client-privkey=" + keys.resolve("client.key"),
                "-route=" + LabNet.PODS.v4()));

    assertThat(run.exitCode()).as(run.stderr()).isEqualTo(FAILED);
    List<String> ours = run.stderr().lines().filter(l -> l.startsWith("teletun ")).toList();
    assertThat(ours).as(run.stderr()).hasSize(1);
    assertThat(ours.getFirst()).contains(words);
    assertThat(run.stderr() + run.stdout())
        .doesNotContainPattern("[\\x00-\\x08\\x0b-\\x1f]")
        .doesNotContain("\tat ", "Exception");
    assertThat(before.differences(programs.laptopNow())).isEmpty();
  }
}
