package dev.teletun.linux.file;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.nio.file.Path;

/** What SELinux goes by when a program opens a file (xattr(7), security.selinux). */
public final class SecurityLabel {
  private static final String NAME = "security.selinux";
  private static final int MOST_BYTES = 4096; // a page, the most that SELinux writes

  private SecurityLabel() {}

  /**
   * Gives {@code to} the label of {@code from}, so that who may read the one may read the other. Of
   * links, those themselves. Does nothing where there are no labels, or none that may be written.
   *
   * @throws SyscallException if a file is not there or cannot be changed
   */
  public static void copy(Path from, Path to) throws SyscallException {
    try (NativeMemory label = NativeMemory.allocate(MOST_BYTES)) {
      long bytes = Libc.lgetxattr(from.toString(), NAME, label.address(), label.bytes());
      if (bytes < 0) {
        unlessWithout("lgetxattr(%s)".formatted(from));
      } else if (Libc.lsetxattr(to.toString(), NAME, label.address(), bytes, 0) < 0) {
        unlessWithout("lsetxattr(%s)".formatted(to));
      }
    }
  }

  private static void unlessWithout(String call) throws SyscallException {
    int errno = Libc.errno();
    if (errno != Errno.ENODATA && errno != Errno.EOPNOTSUPP && errno != Errno.EPERM) {
      throw new SyscallException(call, errno);
    }
  }
}
