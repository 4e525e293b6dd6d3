package dev.teletun.linux.socket;

import dev.teletun.linux.libc.BulkIo;
import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SocketOption;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.sockaddr.SocketAddress;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A non-blocking TCP or UDP socket with one peer. One thread at a time.
 *
 * <p>The firewall mark is set before the connect, so that already the route lookup sees it, and no
 * packet leaves without it.
 */
public final class InternetSocket implements Closeable {
  // include/uapi/asm-generic/socket.h, linux/net.h, the same on x86_64 and aarch64
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_FLAGS = 0x800 | 0x80000; // SOCK_NONBLOCK | SOCK_CLOEXEC

  private final Fd fd;
  private final BulkIo io;

  InternetSocket(Fd fd) {
    this.fd = fd;
    this.io = new BulkIo(fd);
  }

  /**
   * A UDP socket that sends to {@code peer} and receives from it alone, from a port that the kernel
   * picks at random.
   *
   * @param fwmark 0 for none; else needs CAP_NET_ADMIN
   */
  public static InternetSocket datagram(InetSocketAddress peer, int fwmark) throws IOException {
    return open(SOCK_DGRAM, peer, fwmark);
  }

  /**
   * A TCP connection to {@code peer} that is being made: ask {@link #requireConnected} once the
   * descriptor is writable.
   *
   * @param fwmark 0 for none; else needs CAP_NET_ADMIN
   */
  public static InternetSocket stream(InetSocketAddress peer, int fwmark) throws IOException {
    return open(SOCK_STREAM, peer, fwmark);
  }

  private static InternetSocket open(int type, InetSocketAddress peer, int fwmark)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      Fd fd =
          onFailure.own(
              Fd.checked(
                  Libc.socket(SocketAddress.family(peer.getAddress()), type | SOCK_FLAGS, 0),
                  "socket(to " + peer + ")"));
      if (fwmark != 0) {
        SocketOption.SO_MARK.set(fd, fwmark);
      }
      try (NativeMemory address = SocketAddress.of(peer)) {
        int answer = Libc.connect(fd.number(), address.address(), address.bytes());
        if (answer < 0 && Libc.errno() != Errno.EINPROGRESS) {
          throw new SyscallException("connect(" + peer + ")", Libc.errno());
        }
      }
      onFailure.handOver();
      return new InternetSocket(fd);
    }
  }

  /** The descriptor, for an event loop. Stays owned here. */
  public Fd fd() {
    return fd;
  }

  /** Who is at the other end. */
  public InetSocketAddress peer() throws SyscallException {
    try (NativeMemory struct = NativeMemory.allocate(SocketAddress.LARGEST);
        NativeMemory size = NativeMemory.ofInt(SocketAddress.LARGEST)) {
      SyscallException.check(
          Libc.getpeername(fd.number(), struct.address(), size.address()), "getpeername");
      return SocketAddress.read(struct.buffer(), 0);
    }
  }

  /**
   * Ends the wait for a TCP connection.
   *
   * @throws SyscallException if it could not be made
   */
  public void requireConnected() throws SyscallException {
    int errno = SocketOption.SO_ERROR.of(fd);
    if (errno != 0) {
      throw new SyscallException("connect", errno);
    }
  }

  /**
   * Reads once into {@code direct[from, to)}: what there is of a stream, or one datagram.
   *
   * @return bytes, 0 if there is nothing now, -1 at the end of a stream or for an empty datagram
   */
  public int read(ByteBuffer direct, int from, int to) throws SyscallException {
    return io.read(direct, from, to);
  }

  /**
   * Writes {@code direct[from, to)} once; a datagram is sent whole.
   *
   * @return bytes taken, 0 if the kernel takes nothing now
   */
  public int write(ByteBuffer direct, int from, int to) throws SyscallException {
    int written = io.write(direct, from, to);
    if (written < 0) {
      throw new SyscallException("write(socket)", -written);
    }
    return written;
  }

  @Override
  public void close() {
    fd.close();
  }
}
