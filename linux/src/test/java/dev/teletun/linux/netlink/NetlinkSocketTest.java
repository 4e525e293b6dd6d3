package dev.teletun.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * With the other end of a socket pair in the place of the kernel. Its answers are sent before the
 * question, whose sequence numbers are known: 1, 2, …
 */
class NetlinkSocketTest {
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MULTI = 2;
  private static final int MULTI_INTERRUPTED = MULTI | Message.NLM_F_DUMP_INTR;
  private static final int DATA = 24;
  private static final Request QUESTION = Request.of("RTM_GETROUTE", "dump", 26, 0).u32(0);

  private Fd kernel;
  private NetlinkSocket socket;

  @BeforeEach
  void connect() throws IOException {
    NativeMemory pair = NativeMemory.allocate(8);
    SyscallException.check(
        Libc.socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair.address()), "socketpair");
    kernel = Fd.owning(pair.buffer().getInt(0));
    socket = NetlinkSocket.over(Fd.owning(pair.buffer().getInt(4)));
  }

  @AfterEach
  void close() {
    socket.close();
    kernel.close();
  }

  @Test
  void collectsADumpOfSeveralDatagrams() throws Exception {
    answer(message(DATA, MULTI, 1, 10), message(DATA, MULTI, 1, 11));
    answer(message(DATA, MULTI, 1, 12), message(Message.NLMSG_DONE, MULTI, 1, 0));

    assertThat(socket.dump(QUESTION, NetlinkSocketTest::read)).containsExactly(10, 11, 12);
  }

  @Test
  void repeatsADumpThatTheKernelCallsInterrupted() throws Exception {
    answer(message(DATA, MULTI_INTERRUPTED, 1, 10), message(Message.NLMSG_DONE, MULTI, 1, 0));
    answer(message(DATA, MULTI, 2, 11), message(Message.NLMSG_DONE, MULTI_INTERRUPTED, 2, 0));
    answer(message(DATA, MULTI, 3, 12), message(Message.NLMSG_DONE, MULTI, 3, 0));

    assertThat(socket.dump(QUESTION, NetlinkSocketTest::read)).containsExactly(12);
  }

  @Test
  void givesUpADumpThatIsInterruptedForEver() throws Exception {
    for (int sequence = 1; sequence <= 20; sequence++) {
      answer(message(Message.NLMSG_DONE, MULTI_INTERRUPTED, sequence, 0));
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> socket.dump(QUESTION, NetlinkSocketTest::read))
        .withMessageContaining("RTM_GETROUTE(dump)")
        .withMessageContaining("Try again");
  }

  @Test
  void reportsTheErrorThatEndsADump() throws Exception {
    answer(message(DATA, MULTI, 1, 10), message(Message.NLMSG_DONE, MULTI, 1, -Errno.ENOMEM));

    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> socket.dump(QUESTION, NetlinkSocketTest::read))
        .matches(e -> e.errno() == Errno.ENOMEM);
  }

  @Test
  void skipsAnswersToEarlierQuestions() throws Exception {
    answer(message(DATA, 0, 99, 1), message(Message.NLMSG_ERROR, 0, 99, -Errno.EPERM));
    answer(message(Message.NLMSG_ERROR, 0, 99, -Errno.EPERM));
    answer(message(DATA, 0, 1, 10), message(Message.NLMSG_ERROR, 0, 1, 0));
    answer(message(Message.NLMSG_ERROR, 0, 99, -Errno.EPERM));
    answer(message(Message.NLMSG_ERROR, 0, 2, 0));

    assertThat(socket.get(QUESTION, NetlinkSocketTest::read).value()).contains(10);
    assertThat(socket.execute(QUESTION)).isEqualTo(Outcome.DONE);
  }

  @Test
  void givesEachRequestOfABatchItsOwnOutcome() throws Exception {
    answer(message(Message.NLMSG_ERROR, 0, 2, -Errno.EEXIST));
    answer(message(Message.NLMSG_ERROR, 0, 3, 0));

    assertThat(socket.execute(List.of(QUESTION, QUESTION, QUESTION)))
        .extracting(Outcome::errno)
        .containsExactly(0, Errno.EEXIST, 0);
    List<Message> asked = asked();
    assertThat(asked).extracting(Message::sequence).containsExactly(1, 2, 3);
    assertThat(asked).extracting(Message::flags).containsExactly(1, 1, 1 | Request.NLM_F_ACK);
  }

  @Test
  void splitsABatchThatIsTooLongForOneSend() throws Exception {
    answer(message(Message.NLMSG_ERROR, 0, 128, 0));
    answer(message(Message.NLMSG_ERROR, 0, 130, -Errno.EPERM));
    Request large = Request.of("X", "", 24, 0).attribute(1, new byte[20_000]);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      requests.add(QUESTION);
    }

    List<Outcome> outcomes = socket.execute(requests);

    assertThat(outcomes).hasSize(130);
    assertThat(outcomes.subList(0, 129)).containsOnly(Outcome.DONE);
    assertThat(outcomes.get(129).errno()).isEqualTo(Errno.EPERM);
    assertThat(asked()).hasSize(128);
    assertThat(asked()).hasSize(2);

    answer(message(Message.NLMSG_ERROR, 0, 131, 0));
    answer(message(Message.NLMSG_ERROR, 0, 132, 0));
    assertThat(socket.execute(List.of(large, large))).hasSize(2);
    assertThat(asked()).hasSize(1);
    assertThat(asked()).hasSize(1);
  }

  @Test
  void refusesARequestThatFitsNoSend() {
    Request huge = Request.of("X", "y", 24, 0).attribute(1, new byte[40_000]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> socket.execute(huge))
        .withMessageContaining("X(y)");
  }

  @Test
  void sendsNothingForNothing() throws Exception {
    assertThat(socket.execute(List.of())).isEmpty();
    assertThat(Libc.recv(kernel.number(), NativeMemory.allocate(4).address(), 4, MSG_DONTWAIT))
        .isNegative();
  }

  private static List<Integer> read(Message message) {
    return List.of(message.u32(0));
  }

  private record Written(int type, int flags, int sequence, int body) {}

  private static Written message(int type, int flags, int sequence, int body) {
    return new Written(type, flags, sequence, body);
  }

  private void answer(Written... messages) throws SyscallException {
    NativeMemory datagram = NativeMemory.allocate(messages.length * 20);
    ByteBuffer bytes = datagram.buffer();
    for (Written m : messages) {
      bytes.putInt(20).putShort((short) m.type).putShort((short) m.flags);
      bytes.putInt(m.sequence).putInt(0).putInt(m.body);
    }
    long sent = Libc.send(kernel.number(), datagram.address(), datagram.bytes(), MSG_DONTWAIT);
    SyscallException.check(sent, "send");
  }

  /** The messages of the next datagram that reached the kernel's end. */
  private List<Message> asked() throws IOException {
    NativeMemory datagram = NativeMemory.allocate(64 * 1024);
    long bytes = Libc.recv(kernel.number(), datagram.address(), datagram.bytes(), MSG_DONTWAIT);
    SyscallException.check(bytes, "recv");
    return Message.in(datagram.buffer().slice(0, (int) bytes));
  }
}
