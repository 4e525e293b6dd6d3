package dev.teletun.cli.status;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.unix.AbstractListener;
import dev.teletun.linux.unix.PeerCredentials;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.count.Report;
import dev.teletun.protocol.count.ReportLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program of ours that runs in this network namespace, by what its socket is called.
 *
 * @param program such as {@code client}
 * @param pid as the program itself sees it
 * @param socket its abstract name
 */
public record RunningProgram(String program, long pid, String socket) {
  private static final Pattern NAME =
      Pattern.compile(Pattern.quote(StatusSocket.PREFIX) + "([a-z-]+)/(\\d{1,10})/[0-9a-f]{16}");
  private static final int PATIENCE_SECONDS = 5;
  private static final int READ_BYTES = 1 << 16;
  private static final int ROOT = 0;

  /** All of them. */
  public static List<RunningProgram> all() throws IOException {
    return AbstractListener.names(StatusSocket.PREFIX).stream()
        .map(RunningProgram::of)
        .flatMap(Optional::stream)
        .toList();
  }

  /** The one of that name, without asking whether there is one; with or without {@code @}. */
  public static Optional<RunningProgram> of(String socket) {
    String name = socket.startsWith("@") ? socket.substring(1) : socket;
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        ? Optional.of(new RunningProgram(parts.group(1), Long.parseLong(parts.group(2)), name))
        : Optional.empty();
  }

  /**
   * Asks it.
   *
   * @throws IOException if it is gone, refuses, or is silent
   */
  public Report report() throws IOException {
    try (UnixStream stream = connect()) {
      refuseStrangers(stream.peer());
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      try (EventLoop loop = EventLoop.start("status");
          Watch watch = loop.watch(stream.fd(), reading(stream, answer))) {
        loop.execute(() -> watch.reading(true));
        return decoded(await(answer));
      }
    }
  }

  private UnixStream connect() throws IOException {
    try {
      return UnixStream.connectAbstract(socket);
    } catch (SyscallException e) {
      if (e.errno() == Errno.ECONNREFUSED) {
        throw new IOException(
            "no program answers at @%s: it has ended, or runs in another network namespace"
                .formatted(socket),
            e);
      }
      throw e;
    }
  }

  /** Anybody may take a name that begins like ours, and would be believed. */
  private void refuseStrangers(PeerCredentials listens) throws IOException {
    int own = Libc.geteuid();
    if (own != ROOT && listens.uid() != ROOT && listens.uid() != own) {
      throw new IOException(
          "uid %d listens at @%s, which is neither root nor us: ask as root"
              .formatted(listens.uid(), socket));
    }
  }

  private static Ready reading(UnixStream stream, CompletableFuture<byte[]> answer) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer bytes = ByteBuffer.allocateDirect(READ_BYTES);
    byte[] copy = new byte[READ_BYTES];
    return () -> {
      try {
        int end = stream.read(bytes, 0, bytes.capacity());
        if (end == UnixStream.END) {
          answer.complete(all.toByteArray());
        } else if (all.size() + end > ReportLines.LONGEST) {
          throw new IOException("the answer is longer than any report");
        } else {
          bytes.get(0, copy, 0, end);
          all.write(copy, 0, end);
        }
      } catch (IOException e) {
        answer.completeExceptionally(e);
      }
    };
  }

  private byte[] await(CompletableFuture<byte[]> answer) throws IOException {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "%s with process id %d gave no answer within %d s: it is stopped or overloaded"
              .formatted(program, pid, PATIENCE_SECONDS),
          e);
    } catch (ExecutionException e) {
      throw new IOException("asking @%s: %s".formatted(socket, e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted while asking");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private Report decoded(byte[] answer) throws IOException {
    if (answer.length == 0) {
      throw new IOException(
          "%s with process id %d refuses to answer us: ask as root, or as the user it runs as"
              .formatted(program, pid));
    }
    return ReportLines.decode(answer);
  }
}
