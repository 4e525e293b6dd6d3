package dev.teletun.client.dns.way;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A file held open, so that it can still be read when another is mounted over it. */
record Beneath(Optional<Fd> file) implements Closeable {
  private static final int O_RDONLY_CLOEXEC = 0x80000; // include/uapi/asm-generic/fcntl.h

  /** Of a file that need not be there. */
  static Beneath of(Path path) throws IOException {
    int opened = Libc.open(path.toString(), O_RDONLY_CLOEXEC, 0);
    if (opened < 0 && Libc.errno() == Errno.ENOENT) {
      return new Beneath(Optional.empty());
    }
    return new Beneath(Optional.of(Fd.checked(opened, "open(%s)".formatted(path))));
  }

  /** Reads what it is now. */
  Path path() {
    return Path.of(
        file.map(fd -> "/proc/self/fd/" + fd.number()).orElse("/nonexistent/resolv.conf"));
  }

  @Override
  public void close() {
    file.ifPresent(Fd::close);
  }
}
