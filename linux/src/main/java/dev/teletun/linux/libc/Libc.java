package dev.teletun.linux.libc;

import com.sun.jna.Native;

/**
 * The calls of libc that this module makes, by JNA's direct mapping.
 *
 * <p>A {@code long} is an address (of {@link NativeMemory}) or a {@code size_t}; both are 64 bits
 * wide on every Linux that we run on. After a negative answer ask {@link #errno} at once, on the
 * same thread. Variadic functions have one fixed form, which the calling conventions of x86_64 and
 * aarch64 Linux allow. Nothing here allocates but the calls with a String.
 */
public final class Libc {
  static {
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  /** errno of this thread's last call. */
  public static int errno() {
    return Native.getLastError();
  }

  public static native int open(String path, int flags, int mode);

  public static native int close(int fd);

  public static native long read(int fd, long to, long bytes);

  public static native long write(int fd, long from, long bytes);

  public static native int fcntl(int fd, int command, long argument);

  public static native int ioctl(int fd, long request, long argument);

  public static native int unlink(String path);

  /** In the form of userfaultfd(2), which no C library has by name. */
  public static native long syscall(long number, long flags);

  /** In the form of renameat2(2), which not every C library has by name. */
  public static native long syscall(
      long number,
      long oldDirectory,
      String oldPath,
      long newDirectory,
      String newPath,
      long flags);

  public static native int eventfd(int initial, int flags);

  public static native int poll(long pollfds, long count, int timeoutMillis);

  public static native int socket(int domain, int type, int protocol);

  public static native int socketpair(int domain, int type, int protocol, long twoInts);

  public static native int bind(int fd, long address, int addressBytes);

  public static native int connect(int fd, long address, int addressBytes);

  public static native int listen(int fd, int backlog);

  public static native int accept4(int fd, long address, long addressBytes, int flags);

  public static native int shutdown(int fd, int how);

  public static native int getsockname(int fd, long address, long addressBytes);

  public static native int getpeername(int fd, long address, long addressBytes);

  public static native int getsockopt(int fd, int level, int name, long value, long valueBytes);

  public static native int setsockopt(int fd, int level, int name, long value, int valueBytes);

  public static native long send(int fd, long from, long bytes, int flags);

  public static native long sendto(
      int fd, long from, long bytes, int flags, long address, int addressBytes);

  public static native long recv(int fd, long to, long bytes, int flags);

  public static native long recvfrom(
      int fd, long to, long bytes, int flags, long address, long addressBytes);

  public static native long sendmsg(int fd, long msghdr, int flags);

  public static native long recvmsg(int fd, long msghdr, int flags);

  public static native int madvise(long address, long bytes, int advice);

  public static native int if_nametoindex(String name);

  public static native int setns(int fd, int type);

  public static native int unshare(int flags);

  /** Of the whole process; returns the one before. */
  public static native int umask(int mask);

  public static native long lgetxattr(String path, String name, long value, long bytes);

  public static native int lsetxattr(String path, String name, long value, long bytes, int flags);

  /** Most operations are of this thread alone. */
  public static native int prctl(int operation, long arg2, long arg3, long arg4, long arg5);

  public static native int geteuid();

  public static native int getuid();

  /** Of this thread alone; returns the one before. */
  public static native int setfsuid(int uid);

  /** Of this thread alone; returns the one before. */
  public static native int setfsgid(int gid);

  public static native int getpid();

  /** The C library's sentence for an errno. */
  static native String strerror(int errno);
}
