package dev.teletun.linux.udp;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel queues at a UDP socket, and what it drops instead, so that a flood of anything
 * else costs no system call and no place in the queue: a program of classic BPF (socket(7),
 * SO_ATTACH_FILTER), which needs no privilege.
 *
 * <p>It judges a datagram by its first three bytes. Datagrams that the kernel has merged into a
 * train (GRO) it lets in unseen, as good ones may follow a bad one. Immutable.
 */
public final class DatagramFilter {
  // include/uapi/linux/bpf_common.h, include/uapi/linux/filter.h
  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_BYTE = 0x30;
  private static final int LOAD_X_NUMBER = 0x01;
  private static final int LOAD_X_MEMORY = 0x61;
  private static final int STORE = 0x02;
  private static final int ADD = 0x04;
  private static final int ADD_X = 0x0C;
  private static final int AND = 0x54;
  private static final int SHIFT_RIGHT = 0x74;
  private static final int JUMP = 0x05;
  private static final int JUMP_IF = 0x15;
  private static final int JUMP_IF_X = 0x1D;
  private static final int RETURN = 0x06;
  private static final int A_TO_X = 0x07;
  private static final int X_TO_A = 0x87;
  private static final int FROM_IP_HEADER = -0x100000;
  private static final int WHOLE = -1;

  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int INSTRUCTION_BYTES = 8; // struct sock_filter: u16, u8, u8, u32
  private static final int PROGRAM_BYTES = 16; // struct sock_fprog: u16, pointer

  // The program sees the datagram from its UDP header on.
  private static final int AT_LENGTH = 4;
  private static final int AT_CHECKSUM = 6;
  private static final int AT_PAYLOAD = 8;
  private static final int UDP = 17;

  private record Instruction(int code, int ifTrue, int ifFalse, int number) {
    Instruction(int code, int number) {
      this(code, 0, 0, number);
    }
  }

  private final List<Instruction> program;

  private DatagramFilter(List<Instruction> program) {
    this.program = program;
  }

  /**
   * Lets in what begins with one of these bytes, followed by one of these 16-bit numbers.
   *
   * @param first 0 to 255 each
   * @param thenTwo 0 to 65,535 each
   */
  public static DatagramFilter of(List<Integer> first, List<Integer> thenTwo) {
    List<Instruction> unlessMerged = dropUnlessMerged();
    List<Instruction> program = new ArrayList<>();
    int toVersions = first.size() - 1;
    program.add(new Instruction(LOAD_BYTE, AT_PAYLOAD));
    for (int i = 0; i < first.size(); i++) {
      boolean last = i == first.size() - 1;
      int onwards = last ? thenTwo.size() + 2 : 0;
      program.add(new Instruction(JUMP_IF, toVersions - i, onwards, first.get(i)));
    }
    program.add(new Instruction(LOAD_HALF, AT_PAYLOAD + 1));
    for (int i = 0; i < thenTwo.size(); i++) {
      boolean last = i == thenTwo.size() - 1;
      program.add(new Instruction(JUMP_IF, thenTwo.size() - 1 - i, last ? 1 : 0, thenTwo.get(i)));
    }
    program.add(new Instruction(RETURN, WHOLE));
    program.addAll(unlessMerged);
    return new DatagramFilter(List.copyOf(program));
  }

  /**
   * The kernel leaves the checksum of a train undone, as a network device would finish it, and so
   * the field holds the sum of the pseudo header alone. It has refused a wrong one before.
   */
  private static List<Instruction> dropUnlessMerged() {
    List<Instruction> v4 = sumOfAddresses(12, 8);
    List<Instruction> v6 = sumOfAddresses(8, 32);
    List<Instruction> program = new ArrayList<>();
    program.add(new Instruction(LOAD_X_NUMBER, 0));
    program.add(new Instruction(LOAD_BYTE, FROM_IP_HEADER));
    program.add(new Instruction(AND, 0xF0));
    program.add(new Instruction(JUMP_IF, v4.size() + 1, 0, 0x60));
    program.addAll(v4);
    program.add(new Instruction(JUMP, v6.size()));
    program.addAll(v6);
    program.add(new Instruction(LOAD_HALF, AT_LENGTH));
    program.add(new Instruction(ADD_X, 0));
    program.add(new Instruction(ADD, UDP));
    program.add(new Instruction(A_TO_X, 0));
    program.addAll(folded());
    program.addAll(folded());
    program.add(new Instruction(LOAD_HALF, AT_CHECKSUM));
    program.add(new Instruction(JUMP_IF_X, 1, 0, 0));
    program.add(new Instruction(RETURN, 0));
    program.add(new Instruction(RETURN, WHOLE));
    return program;
  }

  /** Adds so many bytes of the IP header to X, two at a time. */
  private static List<Instruction> sumOfAddresses(int at, int bytes) {
    List<Instruction> sum = new ArrayList<>();
    for (int i = at; i < at + bytes; i += 2) {
      sum.add(new Instruction(LOAD_HALF, FROM_IP_HEADER + i));
      sum.add(new Instruction(ADD_X, 0));
      sum.add(new Instruction(A_TO_X, 0));
    }
    return sum;
  }

  /** Adds X's carry to it (RFC 1071). */
  private static List<Instruction> folded() {
    return List.of(
        new Instruction(X_TO_A, 0),
        new Instruction(SHIFT_RIGHT, 16),
        new Instruction(STORE, 0),
        new Instruction(X_TO_A, 0),
        new Instruction(AND, 0xFFFF),
        new Instruction(LOAD_X_MEMORY, 0),
        new Instruction(ADD_X, 0),
        new Instruction(A_TO_X, 0));
  }

  void attachTo(Fd socket) throws SyscallException {
    try (NativeMemory code = NativeMemory.allocate(program.size() * INSTRUCTION_BYTES);
        NativeMemory whole = NativeMemory.allocate(PROGRAM_BYTES)) {
      for (Instruction one : program) {
        code.buffer()
            .putShort((short) one.code)
            .put((byte) one.ifTrue)
            .put((byte) one.ifFalse)
            .putInt(one.number);
      }
      whole.buffer().putShort(0, (short) program.size()).putLong(8, code.address());
      SyscallException.check(
          Libc.setsockopt(
              socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, whole.address(), whole.bytes()),
          "setsockopt(SO_ATTACH_FILTER)");
    }
  }
}
