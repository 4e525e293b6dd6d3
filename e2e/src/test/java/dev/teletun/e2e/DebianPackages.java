package dev.teletun.e2e;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's packages, unpacked below target/ and not installed: those that would change this machine
 * or exclude each other. What belongs to /lib and /sbin is below usr/, too, as on a merged system.
 */
final class DebianPackages {
  /** Each package has a directory of its name here. */
  static final Path ALL = Path.of("target/packages").toAbsolutePath();

  private static final String MERGE =
      "for each in bin sbin lib; do if [ -d $each ]; then mkdir -p usr/$each; cp -a $each/. usr/$each; fi; done; touch done";

  private DebianPackages() {}

  /** Where the package is, once it is there. */
  static Path directory(String name) {
    return ALL.resolve(name);
  }

  /** Gets what is not there yet; skips the test, and says so, where one cannot be had. */
  static void unpack(String... names) throws IOException {
    for (String name : names) {
      Path directory = Files.createDirectories(directory(name));
      if (!Files.exists(directory.resolve("done")) && !unpack(directory, name)) {
        String why = "NOT SHOWN: the package %s cannot be had: apt-get update".formatted(name);
        System.err.println(why); // Maven does not show the message of what ends in @BeforeAll
        abort(why);
      }
    }
  }

  private static boolean unpack(Path directory, String name) throws IOException {
    if (!download(directory, name)
        && !(run(directory, "apt-get", "-qq", "update") && download(directory, name))) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      Optional<Path> deb = files.filter(f -> f.toString().endsWith(".deb")).findFirst();
      return deb.isPresent()
          && run(directory, "dpkg", "-x", deb.get().toString(), ".")
          && run(directory, "sh", "-e", "-c", MERGE);
    }
  }

  private static boolean download(Path directory, String name) throws IOException {
    return run(directory, "apt-get", "-qq", "download", name);
  }

  private static boolean run(Path directory, String... command) throws IOException {
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
