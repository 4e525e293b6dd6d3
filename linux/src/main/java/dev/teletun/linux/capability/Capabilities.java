package dev.teletun.linux.capability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The capabilities of this thread (capabilities(7)). */
public final class Capabilities {
  // include/uapi/linux/capability.h
  public static final int CAP_NET_BIND_SERVICE = 10;
  public static final int CAP_NET_ADMIN = 12;
  public static final int CAP_NET_RAW = 13;
  public static final int CAP_SYS_ADMIN = 21;

  private static final Path STATUS = Path.of("/proc/thread-self/status");
  private static final String EFFECTIVE = "CapEff:";

  private Capabilities() {}

  /**
   * True if this thread may use capability number {@code cap} now, in its own user namespace; a
   * network namespace of another user namespace may still refuse.
   */
  public static boolean effective(int cap) {
    try {
      return effective(cap, Files.readAllLines(STATUS));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "reading %s failed. Mount /proc in this container".formatted(STATUS), e);
    }
  }

  /** The same for the lines of a status file (proc_pid_status(5)). */
  static boolean effective(int cap, List<String> status) {
    for (String line : status) {
      if (line.startsWith(EFFECTIVE)) {
        long mask = Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16);
        return cap >= 0 && cap < Long.SIZE && (mask >>> cap & 1) != 0;
      }
    }
    throw new IllegalArgumentException("no line %s in %s".formatted(EFFECTIVE, STATUS));
  }
}
