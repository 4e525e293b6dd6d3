package dev.teletun.serverexternal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlotTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(1_000 * SECOND);
  private final AtomicLong heard = new AtomicLong();
  private final Slot slot = new Slot(now::get, heard::get);
  private final Session first = new Session();
  private final Session second = new Session();

  @Test
  void refusesASecondClientWhileTheFirstIsHeard() throws IOException {
    assertThat(slot.take(first)).isTrue();
    heard.set(now.addAndGet(100 * SECOND) - 29 * SECOND);

    assertThat(slot.take(second)).isFalse();
    assertThat(first.closed).isFalse();
  }

  @Test
  void givesANewHolderTimeToSpeak() throws IOException {
    assertThat(slot.take(first)).isTrue();
    now.addAndGet(29 * SECOND);

    assertThat(slot.take(second)).isFalse();
  }

  @Test
  void replacesAHolderThatHasBeenSilentForThirtySeconds() throws IOException {
    slot.take(first);
    heard.set(now.get());
    now.addAndGet(30 * SECOND);

    assertThat(slot.take(second)).isTrue();
    assertThat(first.closed).isTrue();
    assertThat(slot.free(first)).as("the replaced one frees nothing").isFalse();
    assertThat(slot.free(second)).isTrue();
  }

  @Test
  void isFreeAgainAtOnceWhenTheHolderLeaves() throws IOException {
    slot.take(first);
    slot.free(first);

    assertThat(slot.take(second)).isTrue();
  }

  @Test
  void evictsTheHolder() throws IOException {
    slot.evict();
    slot.take(first);
    slot.evict();

    assertThat(first.closed).isTrue();
  }

  private static final class Session implements Closeable {
    boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }
}
