package dev.teletun.lab.relay;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Does something to one datagram and carries the others. */
final class Nth implements Passage {
  enum Fault {
    LOST,
    DOUBLED,
    OVERTAKEN
  }

  private final int k;
  private final Fault fault;
  private int count;
  private byte @Nullable [] held;

  Nth(int k, Fault fault) {
    this.k = k;
    this.fault = fault;
  }

  @Override
  public void carry(byte[] datagram, Exit exit) {
    boolean struck = count++ == k;
    if (struck && fault == Fault.OVERTAKEN) {
      held = datagram;
    }
    if (!struck || fault == Fault.DOUBLED) {
      exit.arrives(datagram, Duration.ZERO);
    }
    if (struck && fault == Fault.DOUBLED) {
      exit.arrives(datagram, Duration.ZERO);
    }
    byte[] late = held;
    if (!struck && late != null) {
      held = null;
      exit.arrives(late, Duration.ZERO);
    }
  }
}
