package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.Run;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Packets of every size around each MTU: delivered, or answered with the right ICMP error.
 *
 * <p>Outside, the smallest link is pod A's with 1450 bytes, so a packet of 1376 fits the tunnel.
 */
@Tag("netns")
@Timeout(120)
class MtuIT {
  private static final int TUNNEL = 1376;
  private static final int POD = 1450;
  private static final Pattern MTU = Pattern.compile("mtu ?[:=] ?(\\d+)");

  private static Programs programs;

  @BeforeAll
  static void connect() throws IOException {
    programs = Programs.connected("mtu", LabOptions.DEFAULT);
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  @AfterEach
  void restoreMtus() throws IOException {
    podMtu(POD);
    forgetPaths();
  }

  /** Both pods of the link, which would drop what the other may still send. */
  private static void podMtu(int bytes) throws IOException {
    programs.lab().podCluster().mtu("eth0", bytes);
    programs.lab().echo().mtu("eth0", bytes);
  }

  @ParameterizedTest(name = "{0} {1} DF {2}")
  @CsvSource({
    "4, outbound, true", "4, outbound, false", "4, inbound, true", "4, inbound, false",
    "6, outbound, true", "6, outbound, false", "6, inbound, true", "6, inbound, false"
  })
  void deliversOrAnswersEverySizeAroundTheTunnelsAndTheDevicesMtu(
      int family, String direction, boolean dontFragment) throws IOException {
    for (int size : around(1280, TUNNEL, POD, 1500, 3000)) {
      int largest = direction.equals("inbound") ? POD : 1500;
      if (!dontFragment || size <= largest) {
        pingAnswersOrArrives(family, direction, dontFragment, size, TUNNEL);
      }
    }
  }

  @ParameterizedTest(name = "{0} DF {1}")
  @CsvSource({"4, true", "4, false", "6, true", "6, false"})
  void doesARoutersDutyInFrontOfThePodsInterface(int family, boolean dontFragment)
      throws IOException {
    podMtu(1320);

    for (int size : around(1320, TUNNEL)) {
      int narrowest = size > TUNNEL ? TUNNEL : 1320; // what exceeds tel0 gets no further
      pingAnswersOrArrives(family, "outbound", dontFragment, size, narrowest);
    }
  }

  private static int[] around(int... mtus) {
    return IntStream.of(mtus).flatMap(mtu -> IntStream.rangeClosed(mtu - 1, mtu + 1)).toArray();
  }

  /** Path MTUs that a host has learned would hide what the tunnel says. */
  private static void forgetPaths() throws IOException {
    for (Host host : new Host[] {programs.laptop(), programs.lab().echo()}) {
      host.run("ip", "-4", "route", "flush", "cache").orThrow();
      host.run("ip", "-6", "route", "flush", "cache").orThrow();
    }
  }

  private static void pingAnswersOrArrives(
      int family, String direction, boolean dontFragment, int size, int path) throws IOException {
    boolean inbound = direction.equals("inbound");
    Host from = inbound ? programs.lab().echo() : programs.laptop();
    DualStack to = inbound ? LabNet.POD_CLUSTER : LabNet.POD_ECHO;
    forgetPaths();

    Run ping =
        from.run(
            "ping",
            "-" + family,
            "-c2",
            "-i0.2",
            "-W1",
            "-M" + (dontFragment ? "do" : "dont"),
            "-s" + (size - (family == 4 ? 28 : 48)),
            family == 4 ? to.v4() : to.v6());

    String what =
        "IPv%d %s, %d bytes, DF %s: %s".formatted(family, direction, size, dontFragment, ping);
    if (!dontFragment || size <= path) {
      assertThat(ping.stdout()).as(what).contains(" bytes from ");
    } else {
      Matcher mtu = MTU.matcher(ping.stdout() + ping.stderr());
      assertThat(mtu.find()).as(what).isTrue();
      assertThat(Integer.parseInt(mtu.group(1))).as(what).isEqualTo(path);
    }
  }
}
