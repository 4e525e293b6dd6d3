package dev.teletun.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadableFilesTest {
  @TempDir private Path home = Path.of("");

  @Test
  void namesTheClosedDirectoriesOnTheWayAndTheClosedFiles() throws Exception {
    mode(home, "rwx------");
    Path lib = mode(Files.createDirectory(home.resolve("lib")), "rwxr-xr-x");
    Path open = mode(Files.createFile(lib.resolve("open.jar")), "rw-r--r--");
    Path closed = mode(Files.createFile(lib.resolve("closed.jar")), "rw-------");

    List<String> command =
        List.of("java", "-XX:AOTCache=" + open, "-cp", open + ":" + closed + ":/no/such.jar", "M");

    assertThat(ReadableFiles.of(command).closed()).containsExactly(home, closed);
  }

  @Test
  void looksIntoArgumentFiles() throws Exception {
    Path closed = mode(Files.createFile(home.resolve("a b.jar")), "rw-------");
    Path arguments = Files.writeString(home.resolve("args"), "-cp\n\"%s\"\n".formatted(closed));
    mode(home, "rwxr-xr-x");
    mode(arguments, "rw-r--r--");

    assertThat(ReadableFiles.of(List.of("java", "@" + arguments)).closed()).containsExactly(closed);
  }

  @Test
  void findsNothingToDoWhereAllIsOpen() throws Exception {
    assertThat(ReadableFiles.of(List.of("/bin/sh", "-c", "true")).closed()).isEmpty();
  }

  private static Path mode(Path path, String permissions) throws Exception {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
