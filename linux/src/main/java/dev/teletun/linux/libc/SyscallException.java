package dev.teletun.linux.libc;

import java.io.IOException;

/**
 * A system call that the kernel refused: which call with which values, why, and what to do about
 * it.
 */
public final class SyscallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * A refusal by {@code errno}.
   *
   * @param call the call with its values, such as {@code open(/dev/net/tun)}
   */
  public SyscallException(String call, int errno) {
    this(call, errno, Remedy.of(call, errno));
  }

  /**
   * A refusal by {@code errno} for which the caller knows best what to do.
   *
   * @param remedy a sentence without the full stop, or "" if there is none
   */
  public SyscallException(String call, int errno, String remedy) {
    super(
        "%s failed: %s%s"
            .formatted(call, Errno.describe(errno), remedy.isEmpty() ? "" : ". " + remedy));
    this.errno = errno;
  }

  /**
   * Returns {@code answer} unless it is negative.
   *
   * @throws SyscallException with errno if it is; to be called by the thread that made the call
   */
  public static int check(int answer, String call) throws SyscallException {
    if (answer < 0) {
      throw new SyscallException(call, Libc.errno());
    }
    return answer;
  }

  /** The same for calls that answer a {@code ssize_t}. */
  public static long check(long answer, String call) throws SyscallException {
    if (answer < 0) {
      throw new SyscallException(call, Libc.errno());
    }
    return answer;
  }

  /** One of the constants of {@link Errno}. */
  public int errno() {
    return errno;
  }
}
