package dev.teletun.linux.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.namespace.TestNamespace;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("netns")
@Timeout(30)
class TunIT {
  private static final int CLONE_NEWNS = 0x20000;

  @Test
  void makesADeviceThatTheKernelNumbersAndRemoves() throws Exception {
    try (TestNamespace namespace = TestNamespace.create()) {
      try (Tun first = namespace.call(() -> Tun.open("tel%d"));
          Tun second = namespace.call(() -> Tun.open("tel%d"))) {
        assertThat(first.name()).isEqualTo("tel0");
        assertThat(second.name()).isEqualTo("tel1");
        assertThat(namespace.run("ip", "-o", "link", "show", "tel1"))
            .startsWith(second.interfaceIndex() + ": tel1:");
        assertThat(namespace.run("ip", "-d", "link", "show", "tel0"))
            .contains("tun type tun pi off vnet_hdr on persist off");
        assertThat(Libc.fcntl(first.fd().number(), 3, 0) & 0x800).as("O_NONBLOCK").isNotZero();
      }
      assertThat(namespace.run("ip", "-o", "link")).doesNotContain("tel");
    }
  }

  @Test
  void takesSuperpacketsOfTcpAndUdp() throws Exception {
    try (TestNamespace namespace = TestNamespace.create();
        Tun tun = namespace.call(() -> Tun.open("tel%d"))) {
      assertThat(tun.takesTcpSegments()).isTrue();
      assertThat(tun.takesUdpSegments()).as("on Linux 6.2 and later").isTrue();
    }
  }

  @Test
  void doesNotAttachToADeviceOfSomebodyElse() throws Exception {
    try (TestNamespace namespace = TestNamespace.create()) {
      namespace.run("ip", "tuntap", "add", "dev", "tel0", "mode", "tun");

      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(() -> namespace.call(() -> Tun.open("tel0")))
          .withMessageStartingWith("ioctl(TUNSETIFF, tel0) failed: EBUSY")
          .withMessageContaining("choose another name");

      try (Tun next = namespace.call(() -> Tun.open("tel%d"))) {
        assertThat(next.name()).isEqualTo("tel1");
      }
    }
  }

  @Test
  void saysWhatToLoadWhenThereIsNoTunDevice() throws Exception {
    try (TestNamespace namespace = TestNamespace.create()) {
      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(() ->
              namespace.call(() -> {
                hideDeviceDirectory();
                return Tun.open("tel%d");
              }))
          .withMessageStartingWith("open(/dev/net/tun) failed: ENOENT")
          .withMessageContaining("modprobe tun")
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }
  }

  @Test
  void refusesANameThatNoInterfaceCanHave() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tun.open("sixteencharacter"))
        .withMessageContaining("1 to 15");
  }

  /** Gives this thread, which ends soon, a view of the files without /dev/net/tun. */
  private static void hideDeviceDirectory() throws IOException, InterruptedException {
    SyscallException.check(Libc.unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)");
    mount("--make-rprivate", "/");
    mount("-t", "tmpfs", "none", "/dev/net");
  }

  private static void mount(String... arguments) throws IOException, InterruptedException {
    java.util.List<String> words = new java.util.ArrayList<>(java.util.List.of("mount"));
    words.addAll(java.util.List.of(arguments));
    assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
  }
}
