package dev.teletun.fuzz;

import dev.teletun.dtls.keys.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Keys that everybody has, beside this class: for what must be the same in every process. */
final class TestKeys {
  static final Identity CLIENT = load("client");
  static final Identity SERVER = load("server");

  private TestKeys() {}

  private static Identity load(String name) {
    try {
      Path key = copy(name + ".key"); // a key that others may read is refused
      Path certificate = copy(name + ".crt");
      Identity identity = Identity.load(key, certificate);
      Files.delete(key);
      Files.delete(certificate);
      return identity;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path copy(String name) throws IOException {
    Path copy = Files.createTempFile("teletun-fuzz", name);
    try (InputStream in = Objects.requireNonNull(TestKeys.class.getResourceAsStream(name), name)) {
      Files.write(copy, in.readAllBytes());
    }
    return copy;
  }
}
