package dev.teletun.dtls.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.dtls.tools.Tool;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySetTest {
  @TempDir private Path directory;

  @Test
  void makesPairsThatBelongTogetherAndThatForeignToolsRead() throws Exception {
    KeySet.generate(directory.resolve("new"), false);

    for (String who : new String[] {"server", "client"}) {
      Path key = directory.resolve("new/" + who + ".key");
      Path pub = directory.resolve("new/" + who + ".pub");
      Identity.load(key, pub);
      assertThat(Tool.run("openssl", "pkey", "-in", key.toString(), "-pubout"))
          .isEqualTo(Files.readString(pub));
      assertThat(Tool.run("certtool", "--key-info", "--infile", key.toString()))
          .contains("EC/ECDSA");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
    }
    try (var files = Files.list(directory.resolve("new"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(KeySet.FILES);
    }
  }

  @Test
  void leavesExistingKeysAloneUnlessToldOtherwise() throws Exception {
    Path existing = Files.writeString(directory.resolve("client.pub"), "precious");

    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> KeySet.generate(directory, false))
        .withMessageContaining("client.pub")
        .withMessageContaining("-force");
    assertThat(directory.resolve("server.key")).doesNotExist();
    assertThat(existing).hasContent("precious");

    KeySet.generate(directory, true);

    assertThat(existing).content().startsWith("-----BEGIN PUBLIC KEY-----");
  }

  @Test
  void doesNotWriteThroughALink() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), "precious");
    Files.createSymbolicLink(directory.resolve("server.key"), target);

    KeySet.generate(directory, true);

    assertThat(target).hasContent("precious");
  }
}
