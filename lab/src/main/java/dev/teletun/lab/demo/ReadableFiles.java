package dev.teletun.lab.demo;

import dev.teletun.lab.topology.Host;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Lets a program without rights read its own files where a developer's home directory is closed to
 * others: an overlay over the closed directory, in the host's private mounts only, with the paths
 * as they are, because the archives of a JVM depend on them.
 */
final class ReadableFiles {
  private final Set<Path> needed;

  private ReadableFiles(Set<Path> needed) {
    this.needed = needed;
  }

  /**
   * The files and directories that a command line names, alone, in a class path, or in an argument
   * file of the java launcher (@FILE, an argument per line).
   */
  static ReadableFiles of(List<String> command) throws IOException {
    Set<Path> needed = new LinkedHashSet<>();
    for (String word : command) {
      addPaths(word, needed);
      if (word.startsWith("@") && Files.isRegularFile(Path.of(word.substring(1)))) {
        addPaths(word.substring(1), needed);
        for (String argument : Files.readAllLines(Path.of(word.substring(1)))) {
          addPaths(argument.replace("\"", ""), needed);
        }
      }
    }
    return new ReadableFiles(needed);
  }

  private static void addPaths(String word, Set<Path> needed) {
    for (String part : word.split("[" + File.pathSeparator + "=]", -1)) {
      if (part.startsWith("/") && Files.exists(Path.of(part))) {
        needed.add(Path.of(part).normalize());
      }
    }
  }

  /** What is closed to others, topmost first: directories on the way, and the files. */
  List<Path> closed() throws IOException {
    Set<Path> closed = new LinkedHashSet<>();
    for (Path path : needed) {
      Path way = Path.of("/");
      for (Path name : path) {
        way = way.resolve(name);
        if (!isOpen(way)) {
          closed.add(way);
        }
      }
    }
    return new ArrayList<>(closed);
  }

  /** Opens them in {@code host}; nothing is done if all are open. */
  void provideIn(Host host) throws IOException {
    List<Path> covered = new ArrayList<>();
    for (Path path : closed()) {
      if (covered.stream().noneMatch(path::startsWith)) {
        Path directory = Files.isDirectory(path) ? path : Objects.requireNonNull(path.getParent());
        cover(host, directory, covered.size());
        covered.add(directory);
      }
      host.run("chmod", "o+rX", path.toString()).orThrow();
    }
  }

  private static void cover(Host host, Path directory, int number) throws IOException {
    String own = "/run/lab/open" + number;
    host.run("mkdir", "-p", "-m", "755", own + "/upper", own + "/work").orThrow();
    host.run(
            "mount",
            "-t",
            "overlay",
            "-o",
            "lowerdir=%s,upperdir=%s/upper,workdir=%s/work".formatted(directory, own, own),
            "overlay",
            directory.toString())
        .orThrow();
  }

  private static boolean isOpen(Path path) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
    return permissions.contains(PosixFilePermission.OTHERS_READ)
        && (!Files.isDirectory(path) || permissions.contains(PosixFilePermission.OTHERS_EXECUTE));
  }
}
