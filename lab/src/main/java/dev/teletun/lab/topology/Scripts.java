package dev.teletun.lab.topology;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The scripts that lie beside these classes. */
final class Scripts {
  private Scripts() {}

  /** The text of a script. */
  static String text(String name) throws IOException {
    try (InputStream script = Scripts.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes a script into a directory, and returns where it is. */
  static Path copy(String name, Path directory) throws IOException {
    return Files.writeString(directory.resolve(name), text(name));
  }
}
