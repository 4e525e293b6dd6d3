package dev.teletun.client.connect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What another client's user gets to read when this one holds the pod. */
public final class Identification {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private Identification() {}

  /** Such as {@code ann@laptop}; the user who called sudo, if somebody did. */
  public static String text() {
    String sudoer = System.getenv("SUDO_USER");
    String user = sudoer == null ? System.getProperty("user.name", "somebody") : sudoer;
    try {
      return user + "@" + Files.readString(HOST_NAME).strip();
    } catch (IOException _) {
      return user;
    }
  }
}
