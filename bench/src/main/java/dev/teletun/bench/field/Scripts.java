package dev.teletun.bench.field;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The scripts that lie beside these classes. */
final class Scripts {
  private Scripts() {}

  /** Writes a script into a directory, and returns where it is. */
  static Path copy(String name, Path directory) throws IOException {
    try (InputStream script = Scripts.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      Path file = directory.resolve(name);
      Files.copy(script, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }
}
