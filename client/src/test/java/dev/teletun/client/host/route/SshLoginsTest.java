package dev.teletun.client.host.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.diag.SocketTable;
import dev.teletun.protocol.address.Addresses;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshLoginsTest {
  private static final SocketTable.Ends ENDS =
      new SocketTable.Ends(
          new InetSocketAddress(Addresses.parse("192.168.7.20"), 22),
          new InetSocketAddress(Addresses.parse("10.96.1.2"), 50_022));

  @Test
  void findsBothEndsWhereverTheyAreInAnEnvironment() {
    String said = "SSH_CONNECTION=10.96.1.2 50022 192.168.7.20 22";

    assertThat(SshLogins.parse(said)).contains(ENDS);
    assertThat(SshLogins.parse("A=b\0" + said + "\0C=d\0")).contains(ENDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MY_SSH_CONNECTION=10.96.1.2 50022 192.168.7.20 22",
        "SSH_CONNECTION=10.96.1.2 50022",
        "SSH_CONNECTION=fe80::1%eth0 50022 fe80::2%eth0 22",
        "SSH_CONNECTION=somewhere 50022 192.168.7.20 22",
        "SSH_CONNECTION=10.96.1.2 99999 192.168.7.20 22"
      })
  void takesNothingElseForALogin(String environ) {
    assertThat(SshLogins.parse(environ)).isEmpty();
  }
}
