package dev.teletun.linux.netlink;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.io.Closeable;

/**
 * A non-blocking netlink socket that hears what the kernel multicasts. What the messages say is not
 * looked at: whoever is told that something changed reads the present state.
 *
 * <p>One thread at a time.
 */
public final class Subscription implements Closeable {
  private final Fd fd;
  private final NativeMemory ignored = NativeMemory.allocate(4);

  private Subscription(Fd fd) {
    this.fd = fd;
  }

  /** Joins {@code groups}, numbers of {@code enum rtnetlink_groups} or their like. */
  public static Subscription open(int protocol, int... groups) throws SyscallException {
    return new Subscription(SocketSetup.open(protocol, true, groups));
  }

  /** Readable once something was heard. */
  public Fd fd() {
    return fd;
  }

  /**
   * Takes everything that waits, without waiting.
   *
   * @return true if there was anything, or if the kernel had to drop something
   */
  public boolean drain() throws SyscallException {
    boolean heard = false;
    while (true) {
      int errno = (int) Math.max(0, -SocketSetup.receive(fd, ignored));
      switch (errno) {
        case Errno.EAGAIN -> {
          return heard;
        }
        case 0, Errno.ENOBUFS -> heard = true; // the kernel reports a loss once, then goes on
        default -> throw new SyscallException("recv(netlink)", errno);
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
