package dev.teletun.lab.topology;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a lab that was killed left: names of namespaces and a directory. */
final class Leftovers {
  static final Path NAMES = Path.of("/run/netns");

  private static final int DELETE_ATTEMPTS = 10;
  private static final String OWNER = "owner";
  static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));

  private Leftovers() {}

  /** Makes the directory of a new lab, and says in it whose it is. */
  static Path newDirectory(String prefix) throws IOException {
    Path directory = Files.createTempDirectory(TEMPORARY, directoryPrefix(prefix));
    // Programs of the pods that are nobody must get through to what is theirs.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    Files.writeString(directory.resolve(OWNER), identity(ProcessHandle.current()));
    return directory;
  }

  /**
   * Removes what dead labs of this prefix left.
   *
   * @throws IOException if a lab of this prefix lives
   */
  static void remove(String prefix) throws IOException {
    try (DirectoryStream<Path> labs =
        Files.newDirectoryStream(TEMPORARY, directoryPrefix(prefix) + "*")) {
      for (Path lab : labs) {
        if (Files.isReadable(lab.resolve(OWNER))) { // else somebody else's
          removeDead(prefix, lab);
        }
      }
    }
    if (!Files.isDirectory(NAMES)) {
      return;
    }
    try (DirectoryStream<Path> names = Files.newDirectoryStream(NAMES, prefix + "-*")) {
      for (Path name : names) {
        Commands.run(List.of("ip", "netns", "delete", name.getFileName().toString())).orThrow();
      }
    }
  }

  private static void removeDead(String prefix, Path lab) throws IOException {
    String owner = Files.readString(lab.resolve(OWNER));
    long pid = Long.parseLong(owner.substring(0, owner.indexOf(' ')));
    if (ProcessHandle.of(pid).map(Leftovers::identity).filter(owner::equals).isPresent()) {
      throw new IOException(
          "a lab \"%s\" runs in process %d: use another prefix, or end that process"
              .formatted(prefix, pid));
    }
    deleteTree(lab);
  }

  /**
   * Deletes a directory with all in it, again if another thread of ours put something in meanwhile,
   * as one does that is interrupted by the end of the JVM.
   */
  static void deleteTree(Path directory) throws IOException {
    for (int attempt = 1; Files.exists(directory); attempt++) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      } catch (DirectoryNotEmptyException e) {
        if (attempt == DELETE_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static String directoryPrefix(String prefix) {
    return "teletun-lab-" + prefix + "-";
  }

  /** Process id and start time: an id alone may be somebody else's by now. */
  private static String identity(ProcessHandle process) {
    return process.pid() + " " + process.info().startInstant().map(Object::toString).orElse("?");
  }
}
