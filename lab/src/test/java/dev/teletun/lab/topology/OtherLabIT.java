package dev.teletun.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("netns")
@Timeout(60)
class OtherLabIT {
  private static final Pattern UP = Pattern.compile("(?m)^up (\\d+)$");

  @TempDir private Path directory = Path.of("");

  @Test
  void leavesNoProcessWhenKilledAndTheNextLabRemovesItsNames() throws Exception {
    Path output = directory.resolve("output");
    Process killed = OtherLab.command("killd", output).start();
    ProcessHandle laptop = ProcessHandle.of(awaitUp(killed, output)).orElseThrow();

    killed.destroyForcibly().waitFor();

    laptop.onExit().join();
    assertThat(Leftovers.NAMES.resolve("killd-laptop")).exists();
    Lab.up("killd", LabOptions.DEFAULT.withoutServices()).close();
    assertThat(Leftovers.NAMES.resolve("killd-laptop")).doesNotExist();
    assertThat(directories("killd")).isEmpty();
  }

  @Test
  void worksInAUserNamespaceWithOneUid() throws Exception {
    Path output = directory.resolve("output");
    ProcessBuilder command =
        OtherLab.command("user", output, "unshare", "--user", "--map-root-user", "--mount");
    command
        .environment()
        .put(
            "TELETUN_LAB_OUTSIDE", Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString());

    Process lab = command.start();
    awaitUp(lab, output);
    lab.getOutputStream().close();

    assertThat(lab.waitFor()).isZero();
    assertThat(Files.readString(output))
        .contains("serves " + LabNet.POD_CLUSTER.v4(), "down")
        .containsPattern("recorded [1-9]\\d\\d+");
    assertThat(Leftovers.NAMES.resolve("user-laptop")).doesNotExist();
  }

  @Test
  void servicesAnswerPodsWithoutBridgeNetfilter() throws Exception {
    try (Lab lab = Lab.up("nobrf", LabOptions.DEFAULT.withoutBridgeFilter())) {
      for (String family : new String[] {"-4", "-6"}) {
        String gateway = family.equals("-4") ? LabNet.GATEWAY.v4() : LabNet.GATEWAY.v6();
        assertThat(lab.podCluster().run("curl", "-sS", "-m5", family, LabNet.WEB_NAME).orThrow())
            .endsWith("serves %s\n".formatted(gateway));
      }
    }
  }

  private static long awaitUp(Process lab, Path output) throws IOException {
    while (true) {
      boolean last = !lab.isAlive();
      String text = Files.readString(output);
      Matcher up = UP.matcher(text);
      if (up.find()) {
        return Long.parseLong(up.group(1));
      }
      assertThat(last).as(text).isFalse();
      RunningProgram.pause();
    }
  }

  private static String[] directories(String prefix) {
    String[] names =
        Path.of(System.getProperty("java.io.tmpdir"))
            .toFile()
            .list((_, name) -> name.startsWith("teletun-lab-" + prefix + "-"));
    return names == null ? new String[0] : names;
  }
}
