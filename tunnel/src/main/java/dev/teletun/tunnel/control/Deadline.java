package dev.teletun.tunnel.control;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes a socket unless this is closed in time, so that a peer that drips bytes cannot hold a
 * thread: a read timeout alone starts anew with each byte.
 */
final class Deadline implements Closeable {
  private final CompletableFuture<Void> inTime = new CompletableFuture<>();

  Deadline(Socket socket, Duration deadline) {
    CompletableFuture<Void> _ =
        inTime
            .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((_, late) -> {
              if (late != null) {
                close(socket);
              }
            });
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // The reader that this wakes reports the end.
    }
  }

  /** True if the deadline passed before {@link #close}. */
  boolean passed() {
    return inTime.isCompletedExceptionally();
  }

  @Override
  public void close() {
    inTime.complete(null);
  }
}
