package dev.teletun.client.dns.way;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameServersTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void chooseAFile() {
    file = directory.resolve("resolv.conf");
  }

  @Test
  void readsServersOfBothFamiliesAndSkipsTheRest() {
    assertThat(
            NameServers.parse(
                """
                # nameserver 9.9.9.9
                search example.com
                nameserver 192.0.2.1
                \tnameserver\t2001:db8::53   # comment
                nameserver 192.0.2.1
                nameserver localhost
                nameserver 300.1.1.1
                nameserver
                nameservers 192.0.2.9
                options ndots:1\
                """))
        .containsExactly(Addresses.parse("192.0.2.1"), Addresses.parse("2001:db8::53"));
  }

  @Test
  void takesTheHostItselfWhereNoneIsNamed() {
    assertThat(NameServers.parse("search example.com\n"))
        .containsExactly(Addresses.parse("127.0.0.1"));
  }

  @Test
  void keepsTheZoneOfALinkLocalServer() {
    InetAddress server = NameServers.parse("nameserver fe80::1%lo\n").iterator().next();

    assertThat(server.getHostAddress()).isEqualTo("fe80:0:0:0:0:0:0:1%1");
  }

  @Test
  void saysNothingUntilTheFileChanges() throws Exception {
    Files.writeString(file, "nameserver 192.0.2.1\n");
    NameServers servers = new NameServers(file);

    assertThat(servers.changed()).contains(Set.of(Addresses.parse("192.0.2.1")));
    assertThat(servers.changed()).isEmpty();
  }

  @Test
  void noticesAReplacementOfTheSameSizeAndTime() throws Exception {
    Files.writeString(file, "nameserver 192.0.2.1\n");
    FileTime time = Files.getLastModifiedTime(file);
    NameServers servers = new NameServers(file);
    servers.changed();

    Path other = Files.writeString(directory.resolve("new"), "nameserver 192.0.2.2\n");
    Files.setLastModifiedTime(other, time);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

    assertThat(servers.changed()).contains(Set.of(Addresses.parse("192.0.2.2")));
  }

  @Test
  void followsALinkToAnotherTarget() throws Exception {
    Path one = Files.writeString(directory.resolve("one"), "nameserver 192.0.2.1\n");
    Path two = Files.writeString(directory.resolve("two"), "nameserver 192.0.2.2\n");
    Files.createSymbolicLink(file, one);
    NameServers servers = new NameServers(file);
    servers.changed();

    Files.delete(file);
    assertThat(servers.changed()).isEmpty();
    Files.createSymbolicLink(file, two);

    Optional<Set<InetAddress>> changed = servers.changed();
    assertThat(changed).contains(Set.of(Addresses.parse("192.0.2.2")));
  }

  @Test
  void aFileThatIsNotThereNamesThisHost() throws Exception {
    assertThat(new NameServers(file).changed()).contains(Set.of(Addresses.parse("127.0.0.1")));
    Files.createSymbolicLink(file, directory.resolve("nothing"));
    assertThat(new NameServers(file).changed()).contains(Set.of(Addresses.parse("127.0.0.1")));
  }

  @Test
  void believesAtTheSecondLookThatAFileIsGone() throws Exception {
    Files.writeString(file, "nameserver 192.0.2.1\n");
    NameServers servers = new NameServers(file);
    servers.changed();
    Files.delete(file);

    assertThat(servers.changed()).isEmpty();
    assertThat(servers.changed()).contains(Set.of(Addresses.parse("127.0.0.1")));
    assertThat(servers.changed()).isEmpty();
  }
}
