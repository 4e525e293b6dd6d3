package dev.teletun.protocol.lifecycle;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Owns resources while something is being built, and closes them last in, first out.
 *
 * <p>Not thread-safe.
 */
public final class CloseStack implements Closeable {
  private final Deque<Closeable> owned = new ArrayDeque<>();

  /** Takes ownership of {@code resource} and returns it. */
  public <R extends Closeable> R own(R resource) {
    owned.push(resource);
    return resource;
  }

  /** Moves everything owned here into a new stack, which the caller must close. */
  public CloseStack handOver() {
    CloseStack heir = new CloseStack();
    heir.owned.addAll(owned);
    owned.clear();
    return heir;
  }

  /** Closes everything, also when some of it fails; the later failures are suppressed ones. */
  @Override
  public void close() throws IOException {
    if (!owned.isEmpty()) {
      Closeable last = owned.pop();
      try (CloseStack _ = this) {
        last.close();
      }
    }
  }
}
