package dev.teletun.linux.libc;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * read(2) and write(2) between a non-blocking descriptor and a direct buffer, for the data path.
 *
 * <p>Through Netty's JNI, at a fraction of the cost of a JNA call; allocates nothing unless the
 * kernel refuses. Borrows the descriptor, which must not be closed during a call.
 */
public final class BulkIo {
  /** What {@link #read} answers at the end of the stream. */
  public static final int END = -1;

  static {
    Epoll.ensureAvailability();
  }

  private final Fd fd;
  private final FileDescriptor io;

  /** Reads and writes {@code fd}, and does not close it. */
  public BulkIo(Fd fd) {
    this.fd = fd;
    this.io = new FileDescriptor(fd.number());
  }

  /**
   * Reads once into {@code direct[from, to)}.
   *
   * @return bytes read, 0 if there is nothing now, {@link #END}
   */
  public int read(ByteBuffer direct, int from, int to) throws SyscallException {
    requireOpen("read");
    try {
      return io.read(direct, from, to);
    } catch (IOException e) {
      throw new SyscallException("read(%s)".formatted(fd), errnoOf(e));
    }
  }

  /**
   * Writes {@code direct[from, to)} once.
   *
   * @return bytes written, 0 if the kernel takes nothing now, else the errno, negated
   */
  public int write(ByteBuffer direct, int from, int to) throws SyscallException {
    requireOpen("write");
    try {
      return io.write(direct, from, to);
    } catch (IOException e) {
      return -errnoOf(e);
    }
  }

  private void requireOpen(String call) throws SyscallException {
    if (fd.number() < 0) {
      throw new SyscallException(call + "(closed descriptor)", Errno.EBADF);
    }
  }

  private static int errnoOf(IOException e) {
    return switch (e) {
      case NativeIoException n -> -n.expectedErr();
      case ClosedChannelException _ -> Errno.EBADF;
      case java.io.FileNotFoundException _ -> Errno.ENOENT;
      default -> Errno.EIO;
    };
  }
}
