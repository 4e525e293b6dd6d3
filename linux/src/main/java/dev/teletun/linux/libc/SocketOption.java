package dev.teletun.linux.libc;

/** Options of sockets whose value is a C int; numbers as on x86_64 and aarch64. */
public enum SocketOption {
  SO_REUSEADDR(1, 2),
  SO_ERROR(1, 4),
  SO_SNDBUF(1, 7),
  SO_RCVBUF(1, 8),
  SO_SNDBUFFORCE(1, 32),
  SO_RCVBUFFORCE(1, 33),
  SO_MARK(1, 36),
  TCP_NOTSENT_LOWAT(6, 25),
  IP_PKTINFO(0, 8),
  IP_MTU_DISCOVER(0, 10),
  IP_MTU(0, 14),
  IPV6_MTU_DISCOVER(41, 23),
  IPV6_MTU(41, 24),
  IPV6_V6ONLY(41, 26),
  IPV6_RECVPKTINFO(41, 49),
  IPV6_PKTINFO(41, 50),
  UDP_SEGMENT(17, 103),
  UDP_GRO(17, 104);

  private final int level;
  private final int number;

  SocketOption(int level, int number) {
    this.level = level;
    this.number = number;
  }

  /** First argument of getsockopt(2) after the descriptor, and {@code cmsg_level}. */
  public int level() {
    return level;
  }

  /** Number within the level, and {@code cmsg_type}. */
  public int number() {
    return number;
  }

  /** Sets it, or says why not. */
  public void set(Fd socket, int value) throws SyscallException {
    SyscallException.check(trySet(socket, value), "setsockopt(%s, %d)".formatted(name(), value));
  }

  /** Sets it where the kernel lets us; false, and errno, where it does not. */
  public boolean offer(Fd socket, int value) {
    return trySet(socket, value) == 0;
  }

  /** Its value. */
  public int of(Fd socket) throws SyscallException {
    return valueOf(this, socket);
  }

  private int trySet(Fd socket, int value) {
    return trySet(this, socket, value);
  }

  private static int valueOf(SocketOption option, Fd socket) throws SyscallException {
    try (NativeMemory value = NativeMemory.allocate(Integer.BYTES);
        NativeMemory size = NativeMemory.ofInt(Integer.BYTES)) {
      SyscallException.check(
          Libc.getsockopt(
              socket.number(), option.level, option.number, value.address(), size.address()),
          "getsockopt(%s)".formatted(option));
      return value.buffer().getInt(0);
    }
  }

  private static int trySet(SocketOption option, Fd socket, int value) {
    try (NativeMemory memory = NativeMemory.ofInt(value)) {
      return Libc.setsockopt(
          socket.number(), option.level, option.number, memory.address(), memory.bytes());
    }
  }

  /**
   * Gives a socket buffers of so many bytes each way, more than {@code net.core.*mem_max} if we
   * may, else as much as that allows.
   */
  public static void buffers(Fd socket, int receiveBytes, int sendBytes) throws SyscallException {
    if (!SO_RCVBUFFORCE.offer(socket, receiveBytes)) {
      SO_RCVBUF.set(socket, receiveBytes);
    }
    if (!SO_SNDBUFFORCE.offer(socket, sendBytes)) {
      SO_SNDBUF.set(socket, sendBytes);
    }
  }
}
