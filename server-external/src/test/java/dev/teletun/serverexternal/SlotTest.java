package dev.teletun.serverexternal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.Token;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlotTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Instant SINCE = Instant.ofEpochSecond(1_700_000_000);
  private static final UUID ANN = new UUID(1, 1);
  private static final UUID BOB = new UUID(2, 2);

  private final AtomicLong now = new AtomicLong(1_000 * SECOND);
  private final AtomicLong heard = new AtomicLong();
  private final Slot slot = new Slot(now::get, heard::get, () -> SINCE);
  private final Session first = new Session();
  private final Session second = new Session();

  @Test
  void refusesASecondClientWhileTheFirstIsHeard() throws IOException {
    assertThat(slot.take(first, "first")).isTrue();
    heard.set(now.addAndGet(100 * SECOND) - 29 * SECOND);

    assertThat(slot.take(second, "second")).isFalse();
    assertThat(first.closed).isFalse();
  }

  @Test
  void givesANewHolderTimeToSpeak() throws IOException {
    assertThat(slot.take(first, "first")).isTrue();
    now.addAndGet(29 * SECOND);

    assertThat(slot.take(second, "second")).isFalse();
  }

  @Test
  void replacesAHolderThatHasBeenSilentForThirtySeconds() throws IOException {
    slot.take(first, "first");
    heard.set(now.get());
    now.addAndGet(30 * SECOND);

    assertThat(slot.take(second, "second")).isTrue();
    assertThat(first.closed).isTrue();
    assertThat(slot.free(first)).as("the replaced one frees nothing").isFalse();
    assertThat(slot.free(second)).isTrue();
  }

  @Test
  void isFreeAgainAtOnceWhenTheHolderLeaves() throws IOException {
    slot.take(first, "first");
    slot.free(first);

    assertThat(slot.take(second, "second")).isTrue();
  }

  @Test
  void evictsAHolderThatCannotBeTold() throws IOException {
    slot.evictVersion1();
    slot.take(first, "first");
    slot.evictVersion1();

    assertThat(first.closed).isTrue();
  }

  @Test
  void letsAClientComeBackWithItsToken() throws IOException {
    Slot.Answer.Held held = held(slot.attach(first, attach(ANN, Optional.empty(), false)));
    slot.leave(first);
    now.addAndGet(300 * SECOND);

    assertThat(slot.attach(second, attach(ANN, Optional.of(held.token()), false)))
        .isEqualTo(new Slot.Answer.Held(held.token(), true));
    assertThat(slot.version2()).contains(second);
    assertThat(slot.leave(first)).as("its old connection holds nothing").isFalse();
  }

  @Test
  void closesTheOldConnectionOfAClientThatComesBackBeforeItIsNoticed() throws IOException {
    Slot.Answer.Held held = held(slot.attach(first, attach(ANN, Optional.empty(), false)));

    slot.attach(second, attach(ANN, Optional.of(held.token()), false));

    assertThat(first.closed).isTrue();
    assertThat(second.closed).isFalse();
  }

  @Test
  void givesANewTokenForAWrongOne() throws IOException {
    Slot.Answer.Held held = held(slot.attach(first, attach(ANN, Optional.empty(), false)));

    Slot.Answer.Held again =
        held(slot.attach(second, attach(ANN, Optional.of(Token.random()), false)));

    assertThat(again.resumed()).isFalse();
    assertThat(again.token()).isNotEqualTo(held.token());
    assertThat(first.closed).isTrue();
  }

  @Test
  void saysWhoHoldsItAndSinceWhen() throws IOException {
    slot.attach(first, attach(ANN, Optional.empty(), false));
    Slot.Answer busy = new Slot.Answer.Refused(ANN.toString(), SINCE);

    assertThat(slot.attach(second, attach(BOB, Optional.empty(), false))).isEqualTo(busy);
    slot.leave(first);
    now.addAndGet(359 * SECOND);
    assertThat(slot.attach(second, attach(BOB, Optional.empty(), false))).isEqualTo(busy);
    assertThat(slot.take(second, "old")).isFalse();
    now.addAndGet(SECOND);
    held(slot.attach(second, attach(BOB, Optional.empty(), false)));
  }

  @Test
  void staysWithAnAbsentClientWhosePacketsStillCome() throws IOException {
    slot.attach(first, attach(ANN, Optional.empty(), false));
    slot.leave(first);
    heard.set(now.addAndGet(400 * SECOND));

    assertThat(slot.attach(second, attach(BOB, Optional.empty(), false)))
        .isInstanceOf(Slot.Answer.Refused.class);
    assertThat(slot.expire()).isFalse();
    now.addAndGet(360 * SECOND);
    assertThat(slot.expire()).isTrue();
    assertThat(slot.expire()).isFalse();
  }

  @Test
  void letsTheSameUserOfTheSameHostReplaceAnAbsentClient() throws IOException {
    slot.attach(first, attach(ANN, Optional.empty(), false));
    ControlMessage.Attach restarted =
        new ControlMessage.Attach(BOB, Optional.empty(), false, ANN.toString());

    assertThat(slot.attach(second, restarted)).isInstanceOf(Slot.Answer.Refused.class);
    slot.leave(first);
    held(slot.attach(second, restarted));
  }

  @Test
  void givesWayToATakeover() throws IOException {
    slot.attach(first, attach(ANN, Optional.empty(), false));

    held(slot.attach(second, attach(BOB, Optional.empty(), true)));

    assertThat(first.closed).isTrue();
    assertThat(slot.free(first)).isFalse();
  }

  private static Slot.Answer.Held held(Slot.Answer answer) {
    assertThat(answer).isInstanceOf(Slot.Answer.Held.class);
    return (Slot.Answer.Held) answer;
  }

  private static ControlMessage.Attach attach(
      UUID instance, Optional<Token> token, boolean takeover) {
    return new ControlMessage.Attach(instance, token, takeover, instance.toString());
  }

  private static final class Session implements Closeable {
    boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }
}
