package dev.teletun.linux.netlink;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SocketOption;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Makes AF_NETLINK descriptors and receives from them. */
final class SocketSetup {
  // include/linux/socket.h, include/uapi/asm-generic/socket.h, include/linux/net.h
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int MSG_TRUNC = 0x20; // answer the datagram's true length

  // include/uapi/linux/netlink.h
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;

  private static final int RECEIVE_BUFFER = 4 << 20;

  /** The kernel answers within the send; only a lost answer takes this long. */
  private static final int ANSWER_SECONDS = 10;

  private SocketSetup() {}

  static Fd open(int protocol, boolean nonBlocking, int... groups) throws SyscallException {
    int type = SOCK_RAW | SOCK_CLOEXEC | (nonBlocking ? SOCK_NONBLOCK : 0);
    try (CloseStack onFailure = new CloseStack()) {
      String call = "socket(AF_NETLINK, protocol %d)".formatted(protocol);
      Fd fd = onFailure.own(Fd.checked(Libc.socket(AF_NETLINK, type, protocol), call));
      growReceiveBuffer(fd);
      // Both since 4.3 and 4.12; without them errors are only longer or less explained.
      set(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
      set(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
      limitWaits(fd);
      bind(fd);
      for (int group : groups) {
        String join = "setsockopt(NETLINK_ADD_MEMBERSHIP, %d)".formatted(group);
        SyscallException.check(set(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group), join);
      }
      onFailure.handOver();
      return fd;
    } catch (SyscallException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // closing an Fd throws nothing
    }
  }

  /**
   * One datagram.
   *
   * @return its length, which may exceed the memory, or the errno, negated
   */
  static long receive(Fd fd, NativeMemory into) {
    long bytes;
    do {
      bytes = Libc.recv(fd.number(), into.address(), into.bytes(), MSG_TRUNC);
    } while (bytes < 0 && Libc.errno() == Errno.EINTR);
    return bytes < 0 ? -Libc.errno() : bytes;
  }

  private static void growReceiveBuffer(Fd fd) {
    // FORCE needs CAP_NET_ADMIN in the initial user namespace; else net.core.rmem_max limits.
    if (!SocketOption.SO_RCVBUFFORCE.offer(fd, RECEIVE_BUFFER)) {
      SocketOption.SO_RCVBUF.offer(fd, RECEIVE_BUFFER);
    }
  }

  private static void limitWaits(Fd fd) throws SyscallException {
    try (NativeMemory timeval = NativeMemory.allocate(16)) {
      timeval.buffer().putLong(0, ANSWER_SECONDS);
      SyscallException.check(
          Libc.setsockopt(fd.number(), SOL_SOCKET, SO_RCVTIMEO, timeval.address(), timeval.bytes()),
          "setsockopt(SO_RCVTIMEO)");
    }
  }

  private static void bind(Fd fd) throws SyscallException {
    // struct sockaddr_nl; the kernel picks a port
    try (NativeMemory address = NativeMemory.allocate(12)) {
      address.buffer().putShort(0, (short) AF_NETLINK);
      SyscallException.check(
          Libc.bind(fd.number(), address.address(), address.bytes()), "bind(AF_NETLINK)");
    }
  }

  private static int set(Fd fd, int level, int option, int value) {
    try (NativeMemory number = NativeMemory.ofInt(value)) {
      return Libc.setsockopt(fd.number(), level, option, number.address(), number.bytes());
    }
  }
}
