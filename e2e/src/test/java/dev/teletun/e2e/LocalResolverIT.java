package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Dnsmasq;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A laptop with a dnsmasq of its own; and a cluster whose DNS is down, or lies. */
@Tag("netns")
@Timeout(180)
class LocalResolverIT {
  private static final String HOME = HomeDns.V6 + " " + HomeDns.V4;
  private static final String WEB = LabNet.WEB_SERVICE.v4() + " " + LabNet.WEB_SERVICE.v6();

  /** A program that asks for names of the cluster again and again. */
  private static final String MANY_QUESTIONS =
      "while :; do for i in 1 2 3 4 5 6 7 8; do dig +tries=1 +time=6 a$i.%s >/dev/null & done; sleep 0.1; done"
          .formatted(LabNet.CLUSTER_DOMAIN);

  private static SplitNames lab;
  private static Host laptop;

  @SuppressWarnings("NullAway.Init") // every test begins with it
  private RunningProgram client;

  @BeforeAll
  static void build() throws IOException {
    lab = SplitNames.in("locr");
    laptop = lab.laptop();
  }

  @AfterAll
  static void takeDown() throws IOException {
    if (lab != null) {
      lab.close();
    }
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    SplitNames.resolvConf(laptop, HomeDns.ADDRESS);
  }

  /** Its own queries go out of the interface that it names, past the stub. */
  @Test
  void interceptsInFrontOfADnsmasqWhoseServerIsBoundToAnInterface() throws IOException {
    try (RunningProgram _ =
        laptop.start(
            Dnsmasq.line(
                "--bind-interfaces",
                "--listen-address=127.0.0.1",
                "--server=%s@eth0".formatted(HomeDns.ADDRESS)))) {
      SplitNames.resolvConf(laptop, "127.0.0.1");
      Until.holds(() -> finds("host:" + HomeDns.HOST, HOME));

      client = lab.programs().connect("-dns=intercept");

      finds("host:" + HomeDns.HOST, HOME);
      finds("host:www", HOME);
      finds("host:" + LabNet.WEB_NAME, WEB);
      finds("host:web", WEB);
      finds("ptr:" + LabNet.WEB_SERVICE.v4(), LabNet.WEB_NAME + ".");
      finds("ptr:" + HomeDns.V4, HomeDns.HOST + ".");
    }
    SplitNames.resolvConf(laptop, HomeDns.ADDRESS);
  }

  @Test
  void otherNamesResolveWhileTheClustersDnsIsSilent() throws IOException {
    client = lab.programs().connect("-dns=intercept");
    lab.coreDns().pause();
    try {

      assertThat(dig("+time=1", HomeDns.HOST)).isEqualTo(HomeDns.V4);
      assertThat(dig("+time=1", "-x", HomeDns.V4)).isEqualTo(HomeDns.HOST + ".");
      finds("host:" + HomeDns.HOST, HOME);
      finds("host:www", HOME);
      // A single label is put to the cluster first, for less than the patience of any resolver.
      assertThat(dig("+time=4", HomeDns.SINGLE_LABEL)).isEqualTo(HomeDns.SINGLE_LABEL_V4);
    } finally {
      lab.coreDns().resume();
    }

    Until.holds(() -> finds("host:web", WEB));
  }

  /** One that dig waits for no longer than a second each resolve at once, as do those of getent. */
  @Test
  void otherNamesResolveWhileTheClustersDnsIsSlow() throws IOException {
    try (Closeable _ = lab.coreDns().replaceBySlow()) {
      client = lab.programs().connect("-dns=intercept", "-check=off");
      assertThat(dig("+time=1", LabNet.WEB_NAME)).contains("timed out");
      assertThat(dig("+time=10", "-t", "TXT", LabNet.WEB_NAME)).isEqualTo("\"slow\"");
      try (RunningProgram _ = laptop.start("sh", "-c", MANY_QUESTIONS)) {

        for (int i = 0; i < 5; i++) {
          assertThat(dig("+time=1", HomeDns.HOST)).isEqualTo(HomeDns.V4);
          assertThat(dig("+time=1", "-x", HomeDns.V4)).isEqualTo(HomeDns.HOST + ".");
          assertThat(dig("+time=1", "+tcp", HomeDns.HOST)).isEqualTo(HomeDns.V4);
          finds("host:www", HOME);
        }
      }
    }
  }

  @Test
  void findsItsServerByNameAgainWhileTheClustersDnsIsSilent() throws IOException {
    client = lab.connectByName("-dns=intercept");
    lab.coreDns().pause();
    try {

      lab.restartExternal();

      client.awaitLine(Pattern.compile("^connected again"), Programs.LIMIT);
      finds("host:" + HomeDns.HOST, HOME);
    } finally {
      lab.coreDns().resume();
    }
    Until.holds(() -> finds("host:web", WEB));
  }

  @Test
  void otherNamesResolveWhileTheClustersDnsLies() throws IOException {
    try (Closeable _ = lab.coreDns().replaceByLiar()) {
      client = lab.programs().connect("-dns=intercept");

      Until.holds(() -> assertThat(dig("+time=1", LabNet.WEB_NAME)).isEqualTo("127.0.0.1"));
      assertThat(dig("+time=1", HomeDns.HOST)).isEqualTo(HomeDns.V4);
      assertThat(dig("+time=1", "-x", HomeDns.V4)).isEqualTo(HomeDns.HOST + ".");
      finds("host:" + HomeDns.HOST, HOME);
      finds("host:www", HOME);
      finds("host:nothing.example", "none");
    }
  }

  private static void finds(String word, String found) throws IOException {
    for (LookupProgram program : List.of(LookupProgram.DIG, LookupProgram.GETENT)) {
      assertThat(program.run(laptop, List.of(word))).containsExactly(word + " " + found);
    }
  }

  private static String dig(String... words) throws IOException {
    String line = "dig +short +tries=1 " + String.join(" ", words);
    return laptop.shell(line).stdout().strip();
  }
}
