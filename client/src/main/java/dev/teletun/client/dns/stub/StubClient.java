package dev.teletun.client.dns.stub;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One program's TCP connection to the stub, with any number of queries. Loop thread only. */
final class StubClient implements MessageWire.Receiver {
  private static final long MOST_UNSENT_BYTES = 4 << 20;
  private static final long IDLE_NANOS = 30_000_000_000L;

  private final Relay relay;
  private final Server original;
  private final Consumer<StubClient> onClose;
  private @Nullable MessageWire wire;
  private long lastNanos = System.nanoTime();
  private int open;
  private boolean readOnly;
  private boolean closed;

  StubClient(Relay relay, Server original, Consumer<StubClient> onClose) {
    this.relay = relay;
    this.original = original;
    this.onClose = onClose;
  }

  /** Takes ownership of the wire. */
  void start(MessageWire own) {
    wire = own;
  }

  boolean isIdle(long nowNanos) {
    return open == 0 && nowNanos - lastNanos > IDLE_NANOS;
  }

  @Override
  public void received(byte[] query) {
    lastNanos = System.nanoTime();
    open++;
    relay.relay(query, Transport.TCP, original, new Reply(query));
  }

  @Override
  public void ended(Outcome.Why why) {
    readOnly = true;
    if (open == 0 || why != Outcome.Why.CLOSED) {
      close();
    }
  }

  void close() {
    if (!closed) {
      closed = true;
      if (wire != null) {
        wire.close();
      }
      onClose.accept(this);
    }
  }

  private void send(byte[] answer) {
    lastNanos = System.nanoTime();
    if (wire == null || closed) {
      return;
    }
    wire.send(answer);
    if (wire.unsentBytes() > MOST_UNSENT_BYTES) { // it does not read
      close();
    }
  }

  private void answeredOne() {
    open--;
    if (readOnly && open == 0) {
      close();
    }
  }

  /** The way back for one query. */
  private final class Reply implements Outcome {
    private final byte[] query;
    private boolean counted;

    Reply(byte[] query) {
      this.query = query;
    }

    @Override
    public void answered(byte[] message) {
      send(message);
      settle();
    }

    @Override
    public void unanswered(Why why) {
      settle();
      if (why == Why.UNREACHABLE) {
        send(DnsHeader.serverFailure(query)); // a program cannot see otherwise what we saw
      } else {
        close(); // as the server did, or because it would wait for nothing
      }
    }

    private void settle() {
      if (!counted) {
        counted = true;
        answeredOne();
      }
    }
  }
}
