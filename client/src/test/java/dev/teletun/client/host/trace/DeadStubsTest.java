package dev.teletun.client.host.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a record where nobody writes resolv.conf any more. */
class DeadStubsTest {
  @TempDir Path directory;

  @Test
  void giveWayToServersAndLeaveTheRest() throws IOException {
    Path file =
        write("# by hand\nnameserver 127.116.1.1\nnameserver 127.116.1.2\nsearch a.example\n");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("resolv.conf"));

    assertThat(
            new DeadStubs(link, "tel1")
                .replaceBy(List.of(Addresses.parse("192.0.2.1"), Addresses.parse("fd00::1"))))
        .hasValueSatisfying(
            said -> assertThat(said).contains("names 192.0.2.1 fd00::1 in its place"));

    assertThat(file)
        .hasContent("# by hand\nsearch a.example\nnameserver 192.0.2.1\nnameserver fd00::1\n");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(new DeadStubs(link, "tel1").replaceBy(List.of())).isEmpty();
  }

  @Test
  void sayWhenNobodyIsLeft() throws IOException {
    Path file = write("nameserver 127.116.1.1\n");

    assertThat(new DeadStubs(file, "tel1").replaceBy(List.of()))
        .hasValueSatisfying(said -> assertThat(said).contains("no server now: write yours there"));

    assertThat(file).hasContent("");
  }

  @Test
  void ofAnotherClientStay() throws IOException {
    write("nameserver 127.116.12.1\nnameserver 127.0.0.1\n");

    for (String device : List.of("tel1", "tel0", "eth0")) {
      assertThat(new DeadStubs(directory.resolve("resolv.conf"), device).replaceBy(List.of()))
          .isEmpty();
    }
    assertThat(new DeadStubs(directory.resolve("nowhere"), "tel12").replaceBy(List.of())).isEmpty();
  }

  private Path write(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("resolv.conf"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    return file;
  }
}
