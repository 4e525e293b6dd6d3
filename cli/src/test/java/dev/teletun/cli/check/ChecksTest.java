package dev.teletun.cli.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"1", "443", "65535"})
  void takesEveryPort(String port) {
    assertThat(Checks.port("-port", port)).isEqualTo(Integer.parseInt(port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "65536", "99999999999", "http", "", " 80", "0x50"})
  void refusesWhatIsNoPort(String port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.port("-port", port))
        .withMessage("-port=%s: not a port; write a number from 1 to 65535", port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vpn.example", "10.0.0.1", "a"})
  void takesHostsAndAddresses(String host) {
    assertThat(Checks.host("-address", host)).isEqualTo(host);
  }

  @Test
  void takesAnIpv6Address() {
    assertThat(Checks.host("-address", "fd00::1")).isEqualTo("fd00:0:0:0:0:0:0:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://vpn.example",
        "vpn example",
        "vpn.example/x",
        "[fd00::1]",
        "a:443",
        "10.0.0.1:443"
      })
  void refusesWhatIsNoHost(String host) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.host("-address", host))
        .withMessageContaining("the port goes to -port");
  }

  @Test
  void namesWhatIsWrongWithAFile() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(Checks.readableFile("-kubeconfig", file.toString())).isEqualTo(file);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.readableFile("-kubeconfig", file + "x"))
        .withMessageContaining("no such file");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.readableFile("-kubeconfig", directory.toString()))
        .withMessageContaining("not a file");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.readableFile("-kubeconfig", ""))
        .withMessageContaining("no path");
  }

  @Test
  void takesASocketThatIsNotThereYet() {
    assertThat(Checks.socket("-sockfile", directory + "/socket"))
        .isEqualTo(directory.resolve("socket"));
  }

  @Test
  void takesASocketWhoseDirectoryIsStillToBeMade() {
    assertThat(Checks.socket("-sockfile", directory + "/none/socket"))
        .isEqualTo(directory.resolve("none/socket"));
  }

  @Test
  void refusesASocketWithoutADirectoryToMakeItsDirectoryIn() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.socket("-sockfile", directory + "/none/at/socket"))
        .withMessageContaining(
            "%s/none/at nor that one's parent exists; make the directory", directory);
  }

  @Test
  void refusesASocketWhosePathTheKernelWouldNotTake() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.socket("-sockfile", "/tmp/" + "ü".repeat(52)))
        .withMessageContaining("109 bytes long, and a socket's path may have 107");
  }

  @Test
  void namesTheOptionOfAWrongPrefix() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.prefix("-route", "10.0.0.0/33"))
        .withMessageStartingWith("-route=10.0.0.0/33: prefix length 33");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a b", "sixteencharacter", "eth0:1"})
  void refusesWhatIsNoInterface(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checks.interfaceName("-interface", name))
        .withMessageContaining("see ip link");
  }
}
