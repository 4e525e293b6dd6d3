package dev.teletun.linux.file;

import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
import java.nio.file.Path;

/** Two directory entries that trade places at one moment: nobody finds either of them missing. */
public final class Exchange {
  // include/uapi/linux/fcntl.h, include/uapi/linux/fs.h
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;

  // arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
  private static final long RENAMEAT2 = System.getProperty("os.arch").equals("amd64") ? 316 : 276;

  private Exchange() {}

  /**
   * Does it. Links themselves are exchanged, not what they lead to.
   *
   * @throws SyscallException EBUSY if one of them is a mount point, EROFS, EPERM if one is
   *     immutable, EINVAL where the file system cannot
   */
  public static void of(Path one, Path other) throws SyscallException {
    SyscallException.check(
        Libc.syscall(
            RENAMEAT2, AT_FDCWD, one.toString(), AT_FDCWD, other.toString(), RENAME_EXCHANGE),
        "renameat2(%s, %s)".formatted(one, other));
  }
}
