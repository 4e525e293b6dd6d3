package dev.teletun.client.dns.stub;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.socket.InternetSocket;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A TCP connection that carries whole DNS messages. Loop thread only. */
final class MessageWire implements Ready, Closeable {

  /** Who is told. Not after {@link MessageWire#close}. */
  interface Receiver {

    /** A message came; the callee's to keep. */
    void received(byte[] message);

    /**
     * Nothing more will come: CLOSED if the other side said so and may still read, UNREACHABLE if
     * it is gone. Called again if the first is followed by the second. Closes nothing.
     */
    void ended(Outcome.Why why);
  }

  private static final int READS_AT_ONCE = 16; // so that one busy peer does not starve the others

  private final EventLoop loop;
  private final InternetSocket socket;
  private final ByteBuffer scratch;
  private final Receiver receiver;
  private final OutgoingBytes outgoing = new OutgoingBytes();
  private final MessageStream stream = new MessageStream();
  private @Nullable Watch watch;
  private boolean connected;
  private boolean closed;

  /**
   * Takes ownership of {@code socket}.
   *
   * @param connected false if it is still being made
   * @param scratch direct, borrowed during each read, at least 64 KiB
   */
  MessageWire(
      EventLoop loop,
      InternetSocket socket,
      boolean connected,
      ByteBuffer scratch,
      Receiver receiver) {
    this.loop = loop;
    this.socket = socket;
    this.connected = connected;
    this.scratch = scratch;
    this.receiver = receiver;
  }

  /** Begins to read, or to wait for the connection. */
  void start() throws IOException {
    Watch started = loop.watch(socket.fd(), this);
    watch = started;
    started.reading(connected);
    started.writing(!connected);
  }

  /** Sends a message, as soon as the socket takes it. */
  void send(byte[] message) {
    outgoing.add(MessageStream.framed(message));
    if (connected) {
      flush();
    }
  }

  /** Bytes that the socket has not taken yet. */
  long unsentBytes() {
    return outgoing.bytes();
  }

  @Override
  public void writable() {
    if (!connected) {
      finishConnecting();
    } else {
      flush();
    }
  }

  @Override
  public void readable() {
    if (!connected) {
      finishConnecting();
      return;
    }
    try {
      for (int i = 0; i < READS_AT_ONCE && !closed; i++) {
        int bytes = socket.read(scratch, 0, scratch.capacity());
        if (bytes == 0) {
          return;
        }
        if (bytes < 0) {
          inputEnded();
          return;
        }
        deliver(bytes);
      }
    } catch (IOException e) {
      receiver.ended(Outcome.Why.UNREACHABLE);
    }
  }

  @Override
  public void hungUp() {
    receiver.ended(Outcome.Why.UNREACHABLE);
  }

  @Override
  public void close() {
    closed = true;
    if (watch != null) {
      watch.close();
    }
    socket.close();
  }

  private void finishConnecting() {
    try {
      socket.requireConnected();
      connected = true;
      if (watch != null) {
        watch.reading(true);
      }
      flush();
    } catch (IOException e) {
      receiver.ended(Outcome.Why.UNREACHABLE);
    }
  }

  private void inputEnded() {
    if (watch != null) {
      watch.reading(false);
      receiver.ended(Outcome.Why.CLOSED);
    }
  }

  private void deliver(int bytes) {
    stream.append(scratch, bytes);
    Optional<byte[]> message = stream.next();
    while (message.isPresent() && !closed) {
      receiver.received(message.get());
      message = stream.next();
    }
  }

  private void flush() {
    try {
      boolean done = closed || outgoing.writeTo(socket);
      if (watch != null && !closed) {
        watch.writing(!done);
      }
    } catch (IOException e) {
      // Later, because the caller may be about to hand over something.
      loop.execute(this::reportGone);
    }
  }

  private void reportGone() {
    if (!closed) {
      receiver.ended(Outcome.Why.UNREACHABLE);
    }
  }
}
