package dev.teletun.tunnel.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.protocol.control.ControlException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class FrameBufferTest {
  private static final byte[] TWO = {0, 3, 'o', 'n', 'e', 0, 3, 't', 'w', 'o'};

  private final FrameBuffer buffer = new FrameBuffer();

  @Test
  void putsTogetherWhatComesInPieces() throws Exception {
    for (int size = 1; size <= TWO.length; size++) {
      assertThat(read(TWO, size)).as("%d bytes at a time", size).containsExactly("one", "two");
    }
  }

  @Test
  void offersNothingOfWhatIsCutShort() throws Exception {
    for (int length = 0; length < TWO.length; length++) {
      FrameBuffer cut = new FrameBuffer();

      List<String> read = read(cut, Arrays.copyOf(TWO, length), TWO.length);

      assertThat(read).as("%d bytes", length).isEqualTo(length < 5 ? List.of() : List.of("one"));
    }
  }

  @Test
  void holdsTheLongestBehindAnother() throws Exception {
    byte[] bytes = new byte[5 + 2 + 0xffff];
    System.arraycopy(TWO, 0, bytes, 0, 5);
    bytes[5] = (byte) 0xff;
    bytes[6] = (byte) 0xff;

    List<String> read = read(bytes, bytes.length);

    assertThat(read).hasSize(2);
    assertThat(read.getLast()).hasSize(0xffff);
  }

  @Test
  void refusesALengthOfZero() {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> read(new byte[] {0, 1, 'x', 0, 0}, 5))
        .withMessageContaining("no bytes");
  }

  @Test
  void theReaderWaitsUntilAllIsTaken() throws Exception {
    offer(TWO);
    FutureTask<Boolean> reader = reader();

    buffer.next();
    assertThat(buffer.isTaken()).isFalse();
    assertThat(reader.isDone()).isFalse();
    buffer.next();

    assertThat(reader.get(10, SECONDS)).isTrue();
    assertThat(buffer.isTaken()).isTrue();
  }

  @Test
  void closingWakesTheReaderAndLeavesTheTakerWhatItHas() throws Exception {
    offer(TWO);
    FutureTask<Boolean> reader = reader();

    buffer.close();

    assertThat(reader.get(10, SECONDS)).isFalse();
    assertThat(new String(buffer.bytes(), buffer.at(), buffer.length(), ISO_8859_1))
        .isEqualTo("one");
    assertThat(buffer.isTaken()).isFalse();
  }

  @Test
  void saysWhetherAnythingIsWhole() throws Exception {
    assertThat(buffer.offer()).isFalse();
    buffer.readFrom(new ByteArrayInputStream(TWO, 0, 4));
    assertThat(buffer.offer()).isFalse();

    buffer.readFrom(new ByteArrayInputStream(TWO, 4, 1));

    assertThat(buffer.offer()).isTrue();
  }

  @Test
  void keepsWhatIsCutShortForTheNextTime() throws Exception {
    offer(Arrays.copyOf(TWO, 8));
    buffer.next();
    assertThat(buffer.awaitTaken()).isTrue();

    assertThat(buffer.readFrom(new ByteArrayInputStream(TWO, 8, 2))).isEqualTo(2);
    assertThat(buffer.offer()).isTrue();

    assertThat(new String(buffer.bytes(), buffer.at(), buffer.length(), ISO_8859_1))
        .isEqualTo("two");
  }

  private void offer(byte[] bytes) throws Exception {
    assertThat(buffer.readFrom(new ByteArrayInputStream(bytes))).isEqualTo(bytes.length);
    assertThat(buffer.offer()).isTrue();
  }

  /** Waits for the taker, and does so before this returns. */
  private FutureTask<Boolean> reader() {
    FutureTask<Boolean> reader = new FutureTask<>(buffer::awaitTaken);
    Thread thread = Thread.ofPlatform().daemon().start(reader);
    while (thread.getState() != Thread.State.WAITING && !reader.isDone()) {
      Thread.onSpinWait();
    }
    return reader;
  }

  private List<String> read(byte[] bytes, int atATime) throws Exception {
    return read(buffer, bytes, atATime);
  }

  private static List<String> read(FrameBuffer buffer, byte[] bytes, int atATime) throws Exception {
    List<String> frames = new ArrayList<>();
    InputStream in = new Slow(bytes, atATime);
    while (buffer.readFrom(in) >= 0) {
      if (buffer.offer()) {
        while (!buffer.isTaken()) {
          frames.add(new String(buffer.bytes(), buffer.at(), buffer.length(), ISO_8859_1));
          buffer.next();
        }
        assertThat(buffer.awaitTaken()).isTrue();
      }
    }
    return frames;
  }

  private static final class Slow extends ByteArrayInputStream {
    private final int atATime;

    Slow(byte[] bytes, int atATime) {
      super(bytes);
      this.atATime = atATime;
    }

    @Override
    public int read(byte[] into, int at, int length) {
      return super.read(into, at, Math.min(length, atATime));
    }
  }
}
