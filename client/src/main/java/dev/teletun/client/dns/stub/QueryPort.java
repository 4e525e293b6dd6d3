package dev.teletun.client.dns.stub;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.socket.InternetSocket;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A random UDP port of this host from which queries go to one server, whose answers alone the
 * kernel lets in. Counts the queries that wait, and closes with the last once it is retired. Loop
 * thread only.
 */
final class QueryPort implements Ready, Closeable {

  /** Who is told. Not after {@link QueryPort#close}. */
  interface Receiver {

    /** A datagram came; the callee's to keep. */
    void received(QueryPort port, byte[] message);

    /** The network or the server's host says that nothing gets there. */
    void unreachable(QueryPort port);
  }

  private static final int READS_AT_ONCE = 16; // so that one busy port does not starve the others

  private final InternetSocket socket;
  private final ByteBuffer scratch;
  private final Receiver receiver;
  private @Nullable Watch watch;
  private int waiting;
  private boolean retired;
  private boolean closed;

  private QueryPort(InternetSocket socket, ByteBuffer scratch, Receiver receiver) {
    this.socket = socket;
    this.scratch = scratch;
    this.receiver = receiver;
  }

  /**
   * Opens one that the kernel picks.
   *
   * @param scratch direct, borrowed during each call, at least 64 KiB
   */
  static QueryPort open(EventLoop loop, Server server, ByteBuffer scratch, Receiver receiver)
      throws IOException {
    InternetSocket socket = InternetSocket.datagram(server.address(), server.fwmark());
    try (CloseStack onFailure = new CloseStack()) {
      QueryPort port = onFailure.own(new QueryPort(socket, scratch, receiver));
      Watch watch = loop.watch(socket.fd(), port);
      port.watch = watch;
      watch.reading(true);
      onFailure.handOver();
      return port;
    }
  }

  /** Sends a query, which waits from now on; what the kernel has no room for is lost. */
  void send(byte[] query) throws IOException {
    waiting++;
    scratch.put(0, query);
    int _ = socket.write(scratch, 0, query.length);
  }

  /** One of the queries waits no longer. */
  void settled() {
    waiting--;
    closeIfDone();
  }

  /** No query will be sent from here any more. */
  void retire() {
    retired = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (retired && waiting == 0) {
      close();
    }
  }

  @Override
  public void readable() {
    try {
      for (int i = 0; i < READS_AT_ONCE && !closed; i++) {
        int bytes = socket.read(scratch, 0, scratch.capacity());
        if (bytes == 0) {
          return;
        }
        if (bytes > 0) { // less is an empty datagram
          byte[] message = new byte[bytes];
          scratch.get(0, message);
          receiver.received(this, message);
        }
      }
    } catch (IOException _) {
      receiver.unreachable(this);
    }
  }

  @Override
  public void close() {
    closed = true;
    if (watch != null) {
      watch.close();
    }
    socket.close();
  }
}
