package dev.teletun.linux.socket;

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
import java.util.Optional;

/** A TCP port that takes connections without blocking. One thread at a time. */
public final class StreamListener implements Closeable {
  private static final int BACKLOG = 64;

  private final Fd fd;

  private StreamListener(Fd fd) {
    this.fd = fd;
  }

  /**
   * Listens on {@code address}.
   *
   * @param address port 0 for one that the kernel picks
   */
  public static StreamListener bind(InetSocketAddress address) throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      int type = InternetSocket.SOCK_STREAM | InternetSocket.SOCK_FLAGS;
      Fd fd =
          onFailure.own(
              Fd.checked(
                  Libc.socket(SocketAddress.family(address.getAddress()), type, 0), "socket(TCP)"));
      SocketOption.SO_REUSEADDR.set(fd, 1);
      try (NativeMemory struct = SocketAddress.of(address)) {
        SyscallException.check(
            Libc.bind(fd.number(), struct.address(), struct.bytes()), "bind(TCP " + address + ")");
      }
      SyscallException.check(Libc.listen(fd.number(), BACKLOG), "listen(TCP " + address + ")");
      onFailure.handOver();
      return new StreamListener(fd);
    }
  }

  /** The descriptor, for an event loop. Stays owned here. */
  public Fd fd() {
    return fd;
  }

  /** Address and port, also where the kernel picked it. */
  public InetSocketAddress localAddress() throws SyscallException {
    try (NativeMemory struct = NativeMemory.allocate(SocketAddress.LARGEST);
        NativeMemory size = NativeMemory.ofInt(SocketAddress.LARGEST)) {
      SyscallException.check(
          Libc.getsockname(fd.number(), struct.address(), size.address()), "getsockname");
      return SocketAddress.read(struct.buffer(), 0);
    }
  }

  /** The next connection; empty if none waits, or it is gone already. */
  public Optional<InternetSocket> accept() throws SyscallException {
    int accepted = Libc.accept4(fd.number(), 0, 0, InternetSocket.SOCK_FLAGS);
    if (accepted < 0
        && (Libc.errno() == Errno.EAGAIN
            || Libc.errno() == Errno.ECONNABORTED
            || Libc.errno() == Errno.EINTR)) {
      return Optional.empty();
    }
    return Optional.of(new InternetSocket(Fd.checked(accepted, "accept4")));
  }

  @Override
  public void close() {
    fd.close();
  }
}
