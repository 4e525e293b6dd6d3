package dev.teletun.cli.status;

import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.unix.AbstractListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.count.ReportLines;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Answers {@code teletun status} for the program of this process: root and the program's own user
 * get its report, everybody else an end of file.
 *
 * <p>The name is an abstract one: it needs no writable directory, which a container may not have,
 * and is gone with the process however that ends. Its last part is random, so that nobody can take
 * it before us, and containers that share a network may have the same process id.
 *
 * <p>Thread: {@code status}.
 */
public final class StatusSocket implements Closeable {
  static final String PREFIX = "teletun/";

  private static final int ROOT = 0;

  private final CloseStack resources;
  private final String name;

  private StatusSocket(CloseStack resources, String name) {
    this.resources = resources;
    this.name = name;
  }

  /**
   * Listens from now on.
   *
   * @param program such as {@code client}
   * @param log takes one line for each caller that is refused or cannot be answered
   */
  public static StatusSocket open(String program, ReportSource source, Consumer<String> log)
      throws IOException {
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    String name = "%s%s/%d/%s".formatted(PREFIX, program, ProcessHandle.current().pid(), random);
    return open(name, new Introduced(program, source), Libc.geteuid(), log);
  }

  /** Under a name of the caller's, for root and {@code uid}. */
  static StatusSocket open(String name, ReportSource source, int uid, Consumer<String> log)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      AbstractListener listener = onFailure.own(AbstractListener.bind(name));
      EventLoop loop = onFailure.own(EventLoop.start("status"));
      Watch watch =
          onFailure.own(
              loop.watch(
                  listener.fd(),
                  () -> {
                    try {
                      serve(listener.accept(), source, uid);
                    } catch (IOException | RuntimeException e) {
                      log.accept("status: " + e.getMessage());
                    }
                  }));
      loop.execute(() -> watch.reading(true));
      return new StatusSocket(onFailure.handOver(), name);
    }
  }

  /** The socket's buffer holds a whole report, so this never waits for who asks. */
  private static void serve(Optional<UnixStream> accepted, ReportSource source, int uid)
      throws IOException {
    if (accepted.isEmpty()) {
      return;
    }
    try (UnixStream stream = accepted.get()) {
      int asks = stream.peer().uid();
      if (asks != ROOT && asks != uid) {
        throw new IOException(
            "refused uid %d, which is neither root nor our own %d".formatted(asks, uid));
      }
      byte[] report = ReportLines.encode(source.report());
      ByteBuffer bytes = ByteBuffer.allocateDirect(report.length).put(0, report);
      int written = stream.write(bytes, 0, report.length);
      if (written != report.length) {
        throw new IOException(
            "the socket took %d of %d bytes of the report".formatted(written, report.length));
      }
    }
  }

  String name() {
    return name;
  }

  @Override
  public void close() throws IOException {
    resources.close();
  }
}
