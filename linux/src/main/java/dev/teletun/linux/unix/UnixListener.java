package dev.teletun.linux.unix;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * A socket file at which others connect. It replaces a socket file that nobody listens at any more,
 * and nothing else; it removes its own when closed.
 */
public final class UnixListener implements Closeable {
  static final int BACKLOG = 16;
  private static final int FILE_TYPE = 0xf000; // S_IFMT, include/uapi/linux/stat.h
  private static final int SOCKET_FILE = 0xc000; // S_IFSOCK
  private static final int ALL = 0777;

  private final Path path;
  private final Object inode;
  private final Fd fd;

  private UnixListener(Path path, Object inode, Fd fd) {
    this.path = path;
    this.inode = inode;
    this.fd = fd;
  }

  /**
   * Listens at {@code path} and lets those connect who may write to the file.
   *
   * <p>The file has these permissions from its first moment: set later, by path, they might be
   * another file's. Who may replace the file is up to the directory, which only the pair may enter.
   *
   * @throws IOException if something lives there: a listener, or a file that is no socket
   */
  public static UnixListener bind(Path path, Set<PosixFilePermission> permissions)
      throws IOException {
    try (NativeMemory address = SocketPath.encode(path);
        CloseStack onFailure = new CloseStack()) {
      removeStale(path, address);
      Fd socket = onFailure.own(UnixStream.socket());
      bind(socket, address, permissions, path);
      UnixListener bound = onFailure.own(new UnixListener(path, inodeOf(path), socket));
      SyscallException.check(Libc.listen(socket.number(), BACKLOG), "listen(%s)".formatted(path));
      onFailure.handOver();
      return bound;
    }
  }

  /** unix(7): a socket file gets all permissions that the umask leaves. */
  private static void bind(
      Fd socket, NativeMemory address, Set<PosixFilePermission> permissions, Path path)
      throws SyscallException {
    int before = Libc.umask(ALL & ~mode(permissions)); // other threads' files: no more than group
    int bound;
    int errno;
    try {
      bound = Libc.bind(socket.number(), address.address(), address.bytes());
      errno = Libc.errno();
    } finally {
      Libc.umask(before);
    }
    if (bound < 0) {
      throw new SyscallException("bind(%s)".formatted(path), errno);
    }
  }

  private static int mode(Set<PosixFilePermission> permissions) {
    return permissions.stream().mapToInt(UnixListener::bit).sum();
  }

  private static int bit(PosixFilePermission permission) {
    return switch (permission) {
      case OWNER_READ -> 0400;
      case OWNER_WRITE -> 0200;
      case OWNER_EXECUTE -> 0100;
      case GROUP_READ -> 040;
      case GROUP_WRITE -> 020;
      case GROUP_EXECUTE -> 010;
      case OTHERS_READ -> 04;
      case OTHERS_WRITE -> 02;
      case OTHERS_EXECUTE -> 01;
    };
  }

  /** The descriptor, readable when somebody waits to be accepted. */
  public Fd fd() {
    return fd;
  }

  /** The next who connected, if there is one now; the caller owns it. */
  public Optional<UnixStream> accept() throws IOException {
    return accept(fd, path.toString());
  }

  static Optional<UnixStream> accept(Fd listener, String where) throws IOException {
    int flags = UnixStream.SOCK_NONBLOCK | UnixStream.SOCK_CLOEXEC;
    int accepted = Libc.accept4(listener.number(), 0, 0, flags);
    if (accepted < 0) {
      int errno = Libc.errno();
      return switch (errno) {
        case Errno.EAGAIN, Errno.ECONNABORTED, Errno.EINTR -> Optional.empty();
        default -> throw new SyscallException("accept4(%s)".formatted(where), errno);
      };
    }
    try (CloseStack onFailure = new CloseStack()) {
      UnixStream stream = UnixStream.owning(onFailure.own(Fd.owning(accepted)));
      onFailure.handOver();
      return Optional.of(stream);
    }
  }

  /** Stops listening, and removes the file if it is still the one made here. */
  @Override
  public void close() throws IOException {
    if (fd.number() < 0) {
      return;
    }
    try {
      if (inode.equals(inodeOf(path))) {
        Files.delete(path);
      }
    } catch (NoSuchFileException _) {
      // Somebody else removed it: just as well.
    } finally {
      fd.close();
    }
  }

  private static void removeStale(Path path, NativeMemory address) throws IOException {
    int mode;
    try {
      mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      return;
    }
    if ((mode & FILE_TYPE) != SOCKET_FILE) {
      throw new IOException(
          "%s exists and is no socket: choose another -sockfile, or remove it".formatted(path));
    }
    if (isAlive(path, address)) {
      throw new IOException(
          "another process listens at %s: stop it (\"ss -lpx\" names it), or choose another"
                  .formatted(path)
              + " -sockfile");
    }
    Files.deleteIfExists(path);
  }

  private static boolean isAlive(Path path, NativeMemory address) throws IOException {
    try (Fd probe = UnixStream.socket()) {
      if (Libc.connect(probe.number(), address.address(), address.bytes()) == 0) {
        return true;
      }
      int errno = Libc.errno();
      return switch (errno) {
        case Errno.ECONNREFUSED, Errno.ENOENT -> false;
        case Errno.EAGAIN -> true; // its backlog is full
        default -> throw new SyscallException("connect(%s)".formatted(path), errno);
      };
    }
  }

  private static Object inodeOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
