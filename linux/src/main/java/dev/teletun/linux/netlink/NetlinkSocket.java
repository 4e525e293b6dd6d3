package dev.teletun.linux.netlink;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A netlink socket that asks the kernel and waits for its answer (netlink(7), RFC 3549).
 *
 * <p>It talks to the network namespace in which the opening thread was. One thread at a time.
 */
public final class NetlinkSocket implements Closeable {
  /** Links, addresses, routes, rules. */
  public static final int NETLINK_ROUTE = 0;

  /** The table of sockets. */
  public static final int NETLINK_SOCK_DIAG = 4;

  /** Connection tracking and nftables. */
  public static final int NETLINK_NETFILTER = 12;

  /** Dumps come in datagrams of up to 32 KiB; a single answer may exceed that. */
  private static final int RECEIVE_BYTES = 128 * 1024;

  private static final int SEND_BYTES = 32 * 1024;

  /** Few enough for all their error messages to fit the receive buffer that anyone may have. */
  private static final int MOST_AT_ONCE = 128;

  private static final int DUMP_TRIES = 20;

  private final Fd fd;
  private final NativeMemory in = NativeMemory.allocate(RECEIVE_BYTES);
  private final NativeMemory out = NativeMemory.allocate(SEND_BYTES);
  private int sequence;

  private NetlinkSocket(Fd fd) {
    this.fd = fd;
  }

  /** Opens a socket for one of the protocols above. */
  public static NetlinkSocket open(int protocol) throws SyscallException {
    return new NetlinkSocket(SocketSetup.open(protocol, false));
  }

  /** Takes ownership of a connected descriptor that speaks netlink; for tests. */
  static NetlinkSocket over(Fd fd) {
    return new NetlinkSocket(fd);
  }

  /**
   * Asks for one thing and waits until the kernel has done or refused it.
   *
   * @throws IOException if the question or the answer got lost; a refusal is an outcome
   */
  public Outcome execute(Request request) throws IOException {
    return execute(List.of(request)).get(0);
  }

  /**
   * Asks for many things in as few system calls as possible. A refusal stops none of those behind
   * it.
   *
   * @return one outcome for each request, in their order
   */
  public List<Outcome> execute(List<Request> requests) throws IOException {
    Outcome[] outcomes = new Outcome[requests.size()];
    Arrays.fill(outcomes, Outcome.DONE);
    int from = 0;
    while (from < outcomes.length) {
      int to = endOfBatch(requests, from);
      int first = sequence + 1;
      send(requests.subList(from, to));
      awaitLast(outcomes, from, first);
      from = to;
    }
    return List.of(outcomes);
  }

  /**
   * Asks for everything of a kind. Starts again if the kernel says that it changed meanwhile.
   *
   * @throws SyscallException if the kernel refuses
   */
  public <T> List<T> dump(Request request, MessageReader<T> reader) throws IOException {
    for (int i = 0; i < DUMP_TRIES; i++) {
      List<T> found = new ArrayList<>();
      send(request, Request.NLM_F_DUMP);
      Answer answer = collect(reader, found);
      if (!answer.outcome.done()) {
        throw refusal(request, answer.outcome);
      }
      if (!answer.interrupted) {
        return found;
      }
    }
    throw new IOException(
        "%s failed: what it reads changed during each of %d tries. Try again when the network is calmer"
            .formatted(request, DUMP_TRIES));
  }

  /**
   * Asks for one thing and reads it.
   *
   * @return what the reader made of the answer, or the refusal
   */
  public <T> Reply<T> get(Request request, MessageReader<T> reader) throws IOException {
    List<T> found = new ArrayList<>();
    send(request, Request.NLM_F_ACK);
    Outcome outcome = collect(reader, found).outcome;
    return new Reply<>(found.stream().findFirst(), outcome);
  }

  /** Either a value, or an outcome that says why there is none. */
  public record Reply<T>(Optional<T> value, Outcome outcome) {}

  /** The exception for a refused request, with the kernel's own explanation if it gave one. */
  public static SyscallException refusal(Request request, Outcome outcome) {
    if (outcome.text().isEmpty() || outcome.errno() == Errno.EPERM) {
      return new SyscallException(request.toString(), outcome.errno());
    }
    return new SyscallException(
        request.toString(), outcome.errno(), "The kernel says: " + outcome.text());
  }

  private static int endOfBatch(List<Request> requests, int from) {
    int end = from;
    int bytes = 0;
    while (end < requests.size() && end - from < MOST_AT_ONCE) {
      bytes += requests.get(end).length();
      if (bytes > SEND_BYTES && end > from) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Sends a batch; only its last message asks for an answer, the others answer when refused. */
  private void send(List<Request> batch) throws SyscallException {
    ByteBuffer bytes = out.buffer().clear();
    for (int i = 0; i < batch.size(); i++) {
      boolean last = i == batch.size() - 1;
      write(bytes, batch.get(i), last ? Request.NLM_F_ACK : 0);
    }
    transmit(bytes.position(), batch.get(0));
  }

  private void send(Request request, int flags) throws SyscallException {
    ByteBuffer bytes = out.buffer().clear();
    write(bytes, request, flags);
    transmit(bytes.position(), request);
  }

  private void write(ByteBuffer bytes, Request request, int flags) {
    if (request.length() > bytes.remaining()) {
      throw new IllegalArgumentException(
          "%s has %d bytes, at most %d fit".formatted(request, request.length(), SEND_BYTES));
    }
    request.writeTo(bytes, flags, ++sequence);
  }

  private void transmit(int bytes, Request first) throws SyscallException {
    long sent;
    do {
      sent = Libc.send(fd.number(), out.address(), bytes, 0);
    } while (sent < 0 && Libc.errno() == Errno.EINTR);
    SyscallException.check(sent, "send(netlink, %s)".formatted(first));
  }

  private void awaitLast(Outcome[] outcomes, int from, int first) throws IOException {
    int last = sequence;
    while (true) {
      for (Message message : receive()) {
        int index = message.sequence() - first;
        boolean ours = index >= 0 && index <= last - first;
        if (!ours || message.type() != Message.NLMSG_ERROR) {
          continue; // the rest of an answer that a caller gave up
        }
        outcomes[from + index] = Outcome.of(message);
        if (message.sequence() == last) {
          return;
        }
      }
    }
  }

  private record Answer(Outcome outcome, boolean interrupted) {}

  private <T> Answer collect(MessageReader<T> reader, List<T> found) throws IOException {
    boolean interrupted = false;
    while (true) {
      for (Message message : receive()) {
        if (message.sequence() != sequence) {
          continue;
        }
        interrupted |= (message.flags() & Message.NLM_F_DUMP_INTR) != 0;
        switch (message.type()) {
          case Message.NLMSG_NOOP -> {}
          case Message.NLMSG_ERROR, Message.NLMSG_DONE -> {
            return new Answer(Outcome.of(message), interrupted);
          }
          default -> found.addAll(reader.read(message));
        }
      }
    }
  }

  private List<Message> receive() throws IOException {
    long bytes = SocketSetup.receive(fd, in);
    if (bytes < 0) {
      throw new SyscallException("recv(netlink)", (int) -bytes, lost((int) -bytes));
    }
    if (bytes > RECEIVE_BYTES) {
      throw new MalformedMessageException(
          "netlink datagram of %d bytes exceeds the %d that kernels send"
              .formatted(bytes, RECEIVE_BYTES));
    }
    return Message.in(in.buffer().slice(0, (int) bytes));
  }

  private static String lost(int errno) {
    return switch (errno) {
      case Errno.EAGAIN -> "The kernel did not answer in time: see \"dmesg\"";
      case Errno.ENOBUFS -> "The answer did not fit: raise net.core.rmem_max with sysctl";
      default -> "";
    };
  }

  @Override
  public void close() {
    fd.close();
  }
}
