package dev.teletun.client.host.state;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How often of late somebody took away what should be: two programs must not fight for ever. */
final class Reassertions {
  private static final Duration LATELY = Duration.ofMinutes(1);
  private static final int MOST = 10;

  private final Deque<Long> times = new ArrayDeque<>();

  /** It was put back. */
  void count(long nowNanos) {
    times.addLast(nowNanos);
  }

  /** True if others are to have their way for now. */
  boolean tooMany(long nowNanos) {
    while (!times.isEmpty() && nowNanos - times.peekFirst() > LATELY.toNanos()) {
      times.removeFirst();
    }
    return times.size() >= MOST;
  }
}
