package dev.teletun.linux.capability;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;

/**
 * Lets a thread of root use files with somebody else's rights only (setfsuid(2)), so that what a
 * user names is read and written as if he did it himself: also in a home directory that root may
 * not enter, and never through a link of his to what he may not touch.
 */
public final class FileRights {
  private static final int ASK = -1; // no uid: changes nothing, answers the one in force

  private FileRights() {}

  /**
   * Does {@code work} on this thread with the file rights of that user; root's other groups stay.
   *
   * @throws SyscallException if this process may not change to that user
   */
  public static <T> T as(int uid, int gid, FileWork<T> work) throws IOException {
    int ownGid = Libc.setfsgid(gid); // first: without the uid of root it could not be changed
    int ownUid = Libc.setfsuid(uid);
    try {
      if (Libc.setfsuid(ASK) != uid || Libc.setfsgid(ASK) != gid) {
        throw new SyscallException("setfsuid(%d), setfsgid(%d)".formatted(uid, gid), Errno.EPERM);
      }
      return work.run();
    } finally {
      Libc.setfsuid(ownUid);
      Libc.setfsgid(ownGid);
    }
  }

  /**
   * Something done with files.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface FileWork<T> {
    /** Loads no class that was not loaded before: its file may be one that the user cannot read. */
    T run() throws IOException;
  }
}
