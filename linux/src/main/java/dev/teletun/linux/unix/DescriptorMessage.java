package dev.teletun.linux.unix;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.MessageHeader;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Bytes of a stream with an open descriptor beside them: SCM_RIGHTS, unix(7). */
final class DescriptorMessage {
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private static final int IOV_AT = 64;
  private static final int CONTROL_AT = IOV_AT + MessageHeader.IOV_BYTES;

  /** For one descriptor; the kernel closes further ones, which nobody of ours sends. */
  private static final int CONTROL_ROOM = MessageHeader.controlSpace(Integer.BYTES);

  private DescriptorMessage() {}

  /**
   * Sends {@code direct[from, to)}, not empty, and a copy of {@code handed}.
   *
   * @return bytes sent, 0 if the socket takes none now
   */
  static int send(Fd socket, ByteBuffer direct, int from, int to, Fd handed) throws IOException {
    try (NativeMemory memory = message(direct, from, to)) {
      ByteBuffer fields = memory.buffer();
      MessageHeader.putControl(fields, CONTROL_AT, SOL_SOCKET, SCM_RIGHTS, Integer.BYTES);
      fields.putInt(CONTROL_AT + MessageHeader.CONTROL_DATA, handed.number());
      return (int) Math.max(0, answer(Libc.sendmsg(socket.number(), memory.address(), 0)));
    }
  }

  /**
   * Receives into {@code direct[from, to)}, not empty.
   *
   * @param handed takes ownership of the descriptor, if one comes along
   * @return bytes received, 0 if there are none now, {@link UnixStream#END}
   */
  static int receive(Fd socket, ByteBuffer direct, int from, int to, Consumer<Fd> handed)
      throws IOException {
    try (NativeMemory memory = message(direct, from, to)) {
      ByteBuffer fields = memory.buffer();
      long received = answer(Libc.recvmsg(socket.number(), memory.address(), MSG_CMSG_CLOEXEC));
      if (received < 0) {
        return 0;
      }
      boolean one =
          fields.getLong(MessageHeader.CONTROL_BYTES) >= CONTROL_ROOM - Integer.BYTES
              && MessageHeader.isControl(fields, CONTROL_AT, SOL_SOCKET, SCM_RIGHTS);
      if (one) {
        handed.accept(Fd.owning(fields.getInt(CONTROL_AT + MessageHeader.CONTROL_DATA)));
      }
      return received == 0 ? UnixStream.END : (int) received;
    }
  }

  private static NativeMemory message(ByteBuffer direct, int from, int to) {
    NativeMemory memory = NativeMemory.allocate(CONTROL_AT + CONTROL_ROOM);
    ByteBuffer fields = memory.buffer();
    fields.putLong(MessageHeader.IOV, memory.address() + IOV_AT);
    fields.putLong(MessageHeader.IOV_COUNT, 1);
    fields.putLong(IOV_AT, NativeMemory.addressOf(direct) + from).putLong(IOV_AT + 8, to - from);
    fields.putLong(MessageHeader.CONTROL, memory.address() + CONTROL_AT);
    fields.putLong(MessageHeader.CONTROL_BYTES, CONTROL_ROOM);
    return memory;
  }

  /** What the call answered, -1 for "not now"; to be called at once. */
  private static long answer(long answered) throws SyscallException {
    int errno = answered < 0 ? Libc.errno() : 0;
    if (errno == 0 || errno == Errno.EAGAIN) {
      return answered;
    }
    throw new SyscallException("sendmsg or recvmsg(AF_UNIX, SCM_RIGHTS)", errno);
  }
}
