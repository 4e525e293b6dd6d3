package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.time.Duration;

/** What a laptop was like before a client, and whether it is so again. */
final class Undone {
  /** By then the kernel has removed what belonged to a process that is gone. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  /**
   * It needs two seconds at most on a machine that does nothing else; it must not hang on others.
   */
  private static final Duration GUARDIANS_TIME = Duration.ofSeconds(15);

  private static final int QUERY_PORT = 40_053;

  /** What Docker makes of a host, in nftables' words; it keeps connection tracking on. */
  private static final String DOCKER =
      """
      table ip nat {
        chain DOCKER { iifname "docker0" return; }
        chain PREROUTING {
          type nat hook prerouting priority dstnat; policy accept;
          fib daddr type local jump DOCKER
        }
        chain OUTPUT {
          type nat hook output priority -100; policy accept;
          ip daddr != 127.0.0.0/8 fib daddr type local jump DOCKER
        }
        chain POSTROUTING {
          type nat hook postrouting priority srcnat; policy accept;
          ip saddr 172.17.0.0/16 oifname != "docker0" masquerade
        }
      }
      """;

  private final Host laptop;
  private final HostSnapshot before;

  private Undone(Host laptop, HostSnapshot before) {
    this.laptop = laptop;
    this.before = before;
  }

  /** Remembers what {@code laptop} is like now. */
  static Undone since(Host laptop) throws IOException {
    return new Undone(laptop, HostSnapshot.of(laptop));
  }

  /** Makes it look as if Docker ran there. */
  static void addDocker(Host laptop) throws IOException {
    laptop.runWithInput(DOCKER, "nft", "-f", "-").orThrow();
  }

  /** A query whose port the kernel may remember from the one before. */
  static String digFromOnePort(Host laptop) throws IOException {
    return laptop
        .run(
            "dig",
            "+short",
            "+tries=1",
            "+time=2",
            "-b",
            "%s#%d".formatted(LabNet.LAPTOP.v4(), QUERY_PORT),
            "@" + LabNet.ROUTER_LAN.v4(),
            LabNet.SPLIT_NAME)
        .stdout()
        .strip();
  }

  /** At most a moment after a kill, without anybody's help. */
  void byTheKernel() throws IOException {
    Until.holds(AT_ONCE, this::now);
    namesResolve();
  }

  /**
   * Some moments after a kill in a mode that leaves something.
   *
   * @return how long it took
   */
  Duration byTheGuardian() throws IOException {
    long killed = System.nanoTime();
    Until.holds(GUARDIANS_TIME, this::nowAlsoIfAFileGoes);
    Duration took = Duration.ofNanos(System.nanoTime() - killed);
    namesResolve();
    return took;
  }

  /** After an orderly end, with all that it tracked of DNS. */
  void inOrder() throws IOException {
    now();
    assertThat(HostSnapshot.flowsToStub(laptop)).isEmpty();
    namesResolve();
  }

  /** The laptop is as it was, this very moment. */
  void now() throws IOException {
    isAsBefore(HostSnapshot.of(laptop));
  }

  /** But for what NetworkManager notes of each link it saw. */
  private void isAsBefore(HostSnapshot now) {
    assertThat(
            before.differences(now).stream()
                .filter(line -> !line.contains("/run/NetworkManager/devices")))
        .isEmpty();
  }

  /** The same; a file that the guardian removes may go while it is looked at. */
  void nowAlsoIfAFileGoes() throws IOException {
    HostSnapshot now;
    try {
      now = HostSnapshot.of(laptop);
    } catch (IOException e) {
      throw new AssertionError("not yet as it was", e);
    }
    isAsBefore(now);
  }

  /** New queries, from ports the kernel chooses, go to the server they are meant for. */
  private void namesResolve() throws IOException {
    String script =
        "dig +short +tries=1 +time=3 %1$s @%2$s; dig +short +tries=1 +time=3 %1$s @%3$s; getent hosts %4$s"
            .formatted(
                LabNet.SPLIT_NAME,
                LabNet.ROUTER_LAN.v4(),
                LabNet.SECOND_NAME_SERVER.v4(),
                LabNet.OUTSIDE_NAME);
    assertThat(laptop.shell(script).stdout())
        .startsWith(LabNet.SPLIT_FIRST + "\n" + LabNet.SPLIT_SECOND + "\n")
        .contains(LabNet.OUTSIDE_NAME);
  }
}
