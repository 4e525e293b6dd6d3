package dev.teletun.client.host.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as DHCP clients of Debian 12 write them. */
class DhcpLeasesTest {
  private static final String NETWORKD =
      """
      # This is private data. Do not parse.
      ADDRESS=192.168.7.20
      NETMASK=255.255.255.0
      ROUTER=192.168.7.1
      SERVER_ADDRESS=10.96.0.67
      T1=1800
      DNS=10.96.0.53
      """;
  private static final String DHCLIENT =
      """
      lease {
        interface "eth0";
        fixed-address 10.1.1.1;
        option dhcp-server-identifier 10.1.1.254;
        expire 0 2026/01/01 00:00:00;
      }
      lease {
        interface "eth0";
        fixed-address 192.168.7.20;
        option subnet-mask 255.255.255.0;
        option dhcp-server-identifier 10.96.0.68;
        expire 5 2036/01/01 00:00:00;
      }
      """;

  @TempDir Path directory;

  @Test
  void namesWhoLeasedAnAddressThatThisHostHas() throws IOException {
    Files.writeString(directory.resolve("2"), NETWORKD);
    Files.writeString(directory.resolve("dhclient.eth0.leases"), DHCLIENT);

    assertThat(servers("192.168.7.20"))
        .containsExactlyInAnyOrder(Addresses.parse("10.96.0.67"), Addresses.parse("10.96.0.68"));
    assertThat(servers("192.168.8.20")).isEmpty();
  }

  @Test
  void readsNothingOfWhatIsNoLease() throws IOException {
    Files.writeString(directory.resolve("2"), "ADDRESS=192.168.7.20\nSERVER_ADDRESS=999.1.1.1\n");
    Files.write(directory.resolve("timestamp"), new byte[] {-1, 0, 13, 10});
    Files.createDirectory(directory.resolve("inner"));

    assertThat(servers("192.168.7.20")).isEmpty();
    assertThat(DhcpLeases.servers(List.of(directory.resolve("none")), List.of())).isEmpty();
  }

  private Set<InetAddress> servers(String own) {
    return DhcpLeases.servers(List.of(directory), List.of(Addresses.parse(own)));
  }
}
