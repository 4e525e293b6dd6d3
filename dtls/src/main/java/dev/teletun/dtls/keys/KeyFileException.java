package dev.teletun.dtls.keys;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A key file cannot be used; the message names the file, why, and what to do. Holds no key bytes.
 */
public final class KeyFileException extends IOException {
  private static final long serialVersionUID = 1;

  KeyFileException(Path file, String whyAndRemedy) {
    this(file, whyAndRemedy, null);
  }

  KeyFileException(Path file, String whyAndRemedy, @Nullable Throwable cause) {
    super("key file %s: %s".formatted(file, whyAndRemedy), cause);
  }
}
