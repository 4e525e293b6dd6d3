package dev.teletun.lab.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxTest {
  @TempDir private Path sysctls = Path.of("");

  @Test
  void countsTheUidsOfAllRanges() {
    assertThat(Sandbox.uids("         0          0 4294967295\n")).isEqualTo(4_294_967_295L);
    assertThat(Sandbox.uids("         0       1000          1\n")).isEqualTo(1);
    assertThat(Sandbox.uids("0 1000 1\n1 100000 65536\n")).isEqualTo(65_537);
  }

  @Test
  void knowsWhichUidsAreMapped() {
    String map = "0 1000 1\n1 100000 65535\n";

    assertThat(Sandbox.maps(map, 0)).isTrue();
    assertThat(Sandbox.maps(map, 65_535)).isTrue();
    assertThat(Sandbox.maps(map, 65_536)).isFalse();
    assertThat(Sandbox.maps("0 1000 1\n", 1)).isFalse();
  }

  @Test
  void isNotInsideOfOneWithoutBeingToldWhatIsOutside() throws Exception {
    assertThat(Sandbox.isInside()).isFalse();
  }

  @Test
  void namesTheSettingThatForbidsUserNamespaces() throws Exception {
    set("user/max_user_namespaces", "15000");
    set("kernel/apparmor_restrict_unprivileged_userns", "1");

    assertThat(Forbidden.reason(false, sysctls))
        .contains("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")
        .contains("or run with sudo")
        .doesNotContain("\n");
  }

  @Test
  void offersRootWhereNoSettingForbidsThem() throws Exception {
    assertThat(Forbidden.reason(false, sysctls)).endsWith("run with sudo");
  }

  @Test
  void tellsRootWhichCapabilitiesAreMissing() throws Exception {
    assertThat(Forbidden.reason(true, sysctls)).contains("CAP_SYS_ADMIN");
  }

  private void set(String name, String value) throws Exception {
    Path file = sysctls.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, value + "\n");
  }
}
