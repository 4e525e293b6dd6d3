package dev.teletun.client.dns.stub;

import dev.teletun.linux.socket.InternetSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a socket has not taken yet. Loop thread only. */
final class OutgoingBytes {
  private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
  private long bytes;

  /** Queues a copy. */
  void add(byte[] more) {
    waiting.add(ByteBuffer.allocateDirect(more.length).put(0, more));
    bytes += more.length;
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes;
  }

  /**
   * Writes until the socket takes no more.
   *
   * @return true if nothing waits any more
   */
  boolean writeTo(InternetSocket socket) throws IOException {
    while (!waiting.isEmpty()) {
      ByteBuffer first = waiting.getFirst();
      int written = socket.write(first, first.position(), first.limit());
      if (written == 0) {
        return false;
      }
      bytes -= written;
      first.position(first.position() + written);
      if (!first.hasRemaining()) {
        waiting.removeFirst();
      }
    }
    return true;
  }
}
