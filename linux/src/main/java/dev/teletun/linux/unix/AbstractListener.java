package dev.teletun.linux.unix;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A name of the abstract kind at which others connect (unix(7)). It has no file, hence no mode:
 * everybody in the network namespace may connect, and the owner asks who it is. It is gone with the
 * process.
 */
public final class AbstractListener implements Closeable {
  private static final Path ALL_SOCKETS = Path.of("/proc/net/unix");
  private static final int NAME_COLUMN = 7; // Num RefCount Protocol Flags Type St Inode Path

  private final String name;
  private final Fd fd;

  private AbstractListener(String name, Fd fd) {
    this.name = name;
    this.fd = fd;
  }

  /** Listens; fails with EADDRINUSE if somebody else does. */
  public static AbstractListener bind(String name) throws IOException {
    try (NativeMemory address = SocketPath.encodeAbstract(name);
        CloseStack onFailure = new CloseStack()) {
      Fd socket = onFailure.own(UnixStream.socket());
      SyscallException.check(
          Libc.bind(socket.number(), address.address(), address.bytes()),
          "bind(@%s)".formatted(name));
      SyscallException.check(
          Libc.listen(socket.number(), UnixListener.BACKLOG), "listen(@%s)".formatted(name));
      onFailure.handOver();
      return new AbstractListener(name, socket);
    }
  }

  /** Names in this network namespace that begin so, each once, sorted. */
  public static List<String> names(String prefix) throws IOException {
    return Files.readString(ALL_SOCKETS, StandardCharsets.ISO_8859_1)
        .lines()
        .map(line -> line.strip().split("\\s+", NAME_COLUMN + 1))
        .filter(fields -> fields.length > NAME_COLUMN && fields[NAME_COLUMN].startsWith("@"))
        .map(fields -> fields[NAME_COLUMN].substring(1))
        .filter(found -> found.startsWith(prefix))
        .distinct()
        .sorted()
        .toList();
  }

  /** The descriptor, readable when somebody waits to be accepted. */
  public Fd fd() {
    return fd;
  }

  /** The next who connected, if there is one now; the caller owns it. */
  public Optional<UnixStream> accept() throws IOException {
    return UnixListener.accept(fd, "@" + name);
  }

  @Override
  public void close() {
    fd.close();
  }
}
