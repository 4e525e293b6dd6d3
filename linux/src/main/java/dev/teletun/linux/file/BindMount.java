package dev.teletun.linux.file;

import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
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

  // include/uapi/linux/mount.h, include/linux/fs.h
  private static final long MS_BIND = 4096;
  private static final int MNT_DETACH = 2;

  private BindMount() {}

  /**
   * Mounts {@code source} over {@code target}; whoever opens the target from now on reads the
   * source. A link is followed.
   *
   * @throws SyscallException if the kernel refuses it (needs CAP_SYS_ADMIN)
   */
  public static void over(Path target, Path source) throws SyscallException {
    SyscallException.check(
        Libc.mount(source.toString(), target.toString(), "none", MS_BIND, 0),
        "mount --bind(%s, %s)".formatted(source, target));
  }

  /** Removes what is mounted there last, also while somebody reads it. */
  public static void remove(Path target) throws SyscallException {
    SyscallException.check(
        Libc.umount2(target.toString(), MNT_DETACH), "umount(%s)".formatted(target));
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
