package dev.teletun.serverexternal;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The one place at the pod's address: which control session holds it. Any thread. */
final class Slot {

  /** A version 1 holder that has been silent this long may be replaced (protocol, version 1). */
  static final Duration SILENCE = Duration.ofSeconds(30);

  private final LongSupplier nanoClock;
  private final LongSupplier heardNanos;
  private @Nullable Closeable holder;
  private long takenNanos;

  /** {@code heardNanos} says when something last came from the client, on {@code nanoClock}. */
  Slot(LongSupplier nanoClock, LongSupplier heardNanos) {
    this.nanoClock = nanoClock;
    this.heardNanos = heardNanos;
  }

  /** True if {@code session} holds the slot from now on; a silent holder is closed for it. */
  synchronized boolean take(Closeable session) throws IOException {
    long now = nanoClock.getAsLong();
    Closeable before = holder;
    if (before != null) {
      long silent = Math.min(now - takenNanos, now - heardNanos.getAsLong());
      if (silent < SILENCE.toNanos()) {
        return false;
      }
      before.close();
    }
    holder = session;
    takenNanos = now;
    return true;
  }

  /** Frees the slot if {@code session} still holds it; true if it did. */
  synchronized boolean free(Closeable session) {
    boolean held = session.equals(holder);
    if (held) {
      holder = null;
    }
    return held;
  }

  /** Ends the holder's session, if there is one. */
  synchronized void evict() throws IOException {
    if (holder != null) {
      holder.close();
    }
  }
}
