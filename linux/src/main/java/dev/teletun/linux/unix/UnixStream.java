package dev.teletun.linux.unix;

import dev.teletun.linux.libc.BulkIo;
import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SocketOption;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/** One connected AF_UNIX stream, non-blocking. One thread reads and writes it. */
public final class UnixStream implements Closeable {
  /** What {@link #read} answers when the other side is gone. */
  public static final int END = BulkIo.END;

  static final int SOCK_STREAM = 1;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;

  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int UCRED_BYTES = 12;

  /** Room for sixteen superpackets, so that one write(2) seldom ends early. */
  private static final int BUFFER_BYTES = 1 << 20;

  private final Fd fd;
  private final BulkIo io;

  private UnixStream(Fd fd) {
    this.fd = fd;
    this.io = new BulkIo(fd);
  }

  /** Takes ownership of a connected, non-blocking stream socket. */
  static UnixStream owning(Fd socket) throws IOException {
    SocketOption.buffers(socket, BUFFER_BYTES, BUFFER_BYTES);
    return new UnixStream(socket);
  }

  /**
   * Connects to whoever listens at {@code path}.
   *
   * @throws SyscallException with ENOENT, ECONNREFUSED, or EAGAIN for a full backlog: try again
   *     later
   */
  public static UnixStream connect(Path path) throws IOException {
    try (NativeMemory address = SocketPath.encode(path)) {
      return connect(address, path.toString());
    }
  }

  /** Connects to whoever listens at an abstract name of this network namespace (unix(7)). */
  public static UnixStream connectAbstract(String name) throws IOException {
    try (NativeMemory address = SocketPath.encodeAbstract(name)) {
      return connect(address, "@" + name);
    }
  }

  private static UnixStream connect(NativeMemory address, String where) throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      Fd socket = onFailure.own(socket());
      SyscallException.check(
          Libc.connect(socket.number(), address.address(), address.bytes()),
          "connect(%s)".formatted(where));
      UnixStream connected = owning(socket);
      onFailure.handOver();
      return connected;
    }
  }

  static Fd socket() throws SyscallException {
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    return Fd.checked(Libc.socket(SocketPath.AF_UNIX, type, 0), "socket(AF_UNIX)");
  }

  /** The descriptor, for waiting. */
  public Fd fd() {
    return fd;
  }

  /** Who is on the other side. */
  public PeerCredentials peer() throws IOException {
    try (NativeMemory ucred = NativeMemory.allocate(UCRED_BYTES);
        NativeMemory size = NativeMemory.ofInt(UCRED_BYTES)) {
      SyscallException.check(
          Libc.getsockopt(fd.number(), SOL_SOCKET, SO_PEERCRED, ucred.address(), size.address()),
          "getsockopt(SO_PEERCRED)");
      ByteBuffer fields = ucred.buffer();
      return new PeerCredentials(fields.getInt(0), fields.getInt(4), fields.getInt(8));
    }
  }

  /**
   * Reads once into {@code direct[from, to)}, which must not be empty.
   *
   * @return bytes read, 0 if there are none now, {@link #END}
   */
  public int read(ByteBuffer direct, int from, int to) throws IOException {
    try {
      return io.read(direct, from, to);
    } catch (SyscallException e) {
      if (e.errno() == Errno.ECONNRESET) { // it went without reading all that we sent
        return END;
      }
      throw e;
    }
  }

  /**
   * Reads as {@link #read} does.
   *
   * @param handed takes ownership of an open descriptor that came with the bytes
   */
  public int read(ByteBuffer direct, int from, int to, Consumer<Fd> handed) throws IOException {
    try {
      return DescriptorMessage.receive(fd, direct, from, to, handed);
    } catch (SyscallException e) {
      if (e.errno() == Errno.ECONNRESET) {
        return END;
      }
      throw e;
    }
  }

  /**
   * Writes as {@link #write} does, with a copy of an open descriptor: the other side can use what
   * it stands for until it closes that, whatever becomes of {@code handed}.
   */
  public int write(ByteBuffer direct, int from, int to, Fd handed) throws IOException {
    return DescriptorMessage.send(fd, direct, from, to, handed);
  }

  /**
   * Writes {@code direct[from, to)} once, which may end early.
   *
   * @return bytes written, 0 if the kernel takes none now
   * @throws SyscallException with EPIPE if the other side is gone
   */
  public int write(ByteBuffer direct, int from, int to) throws IOException {
    int written = io.write(direct, from, to);
    if (written < 0) {
      throw new SyscallException("write(%s)".formatted(fd), -written);
    }
    return written;
  }

  @Override
  public void close() {
    fd.close();
  }
}
