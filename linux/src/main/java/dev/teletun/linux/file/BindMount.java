package dev.teletun.linux.file;

import dev.teletun.linux.process.HostCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that is mounted over another, which stays beneath it as it is. */
public final class BindMount {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int ROOT = 3; // fields of proc(5), /proc/pid/mountinfo
  private static final int MOUNT_POINT = 4;

  private BindMount() {}

  /**
   * Mounts {@code source} over {@code target}; whoever opens the target from now on reads the
   * source. A link is followed.
   *
   * @throws IOException if it is refused, with the words of mount(8), which has CAP_SYS_ADMIN where
   *     this process gave it away
   */
  public static void over(Path target, Path source) throws IOException {
    HostCommand.run("", "mount", "-n", "--bind", source.toString(), target.toString());
  }

  /** Removes what is mounted there last, also while somebody reads it. */
  public static void remove(Path target) throws IOException {
    HostCommand.run("", "umount", "-n", "--lazy", target.toString());
  }

  /**
   * The path, within its own file system, of what is mounted at {@code target} last; empty if
   * nothing is. One that was deleted meanwhile ends with {@code //deleted}.
   */
  public static Optional<String> at(Path target) throws IOException {
    String point = target.toRealPath().toString();
    Optional<String> last = Optional.empty();
    for (String line : Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1)) {
      String[] fields = line.split(" ", -1);
      if (fields.length > MOUNT_POINT && fields[MOUNT_POINT].equals(point)) {
        last = Optional.of(fields[ROOT]);
      }
    }
    return last;
  }
}
