package dev.teletun.protocol.unix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private final FrameBatch batch = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private final FrameReader reader = new FrameReader();

  @Test
  void findsTheSameFramesInTwoReadsCutAnywhere() throws Exception {
    byte[] stream = stream(20, 1, 33);
    for (int cut = 0; cut <= stream.length; cut++) {
      List<Integer> lengths = new ArrayList<>();

      lengths.addAll(take(stream, 0, cut));
      lengths.addAll(take(stream, cut, stream.length - cut));

      assertThat(lengths).containsExactly(20, 1, 33);
      assertThat(reader.isInsideFrame()).isFalse();
    }
  }

  @Test
  void appendsToWhatTheBatchHolds() throws Exception {
    byte[] stream = stream(20, 30);
    take(stream, 0, 40);
    batch.clear();
    batch.commit(5);

    int from = reader.begin(batch);
    batch.buffer().put(from, stream, 40, stream.length - 40);
    int frames = reader.end(batch, from + stream.length - 40);

    assertThat(frames).isEqualTo(1);
    assertThat(batch.count()).isEqualTo(2);
    int second = batch.next(0);
    assertThat(batch.packetLength(second)).isEqualTo(30);
    assertThat(batch.buffer().get(batch.packetOffset(second))).isEqualTo((byte) 30);
  }

  @Test
  void beginsWithWhatCameBehindTheGreeting() throws Exception {
    ByteBuffer leftover = ByteBuffer.wrap(stream(20, 30), 0, 40);
    FrameReader late = new FrameReader(leftover);

    int end = late.begin(batch);

    assertThat(late.end(batch, end)).isEqualTo(1);
    assertThat(late.isInsideFrame()).isTrue();
    assertThat(leftover.hasRemaining()).isFalse();
  }

  @Test
  void takesTheLargestFrame() throws Exception {
    assertThat(take(stream(FrameBatch.LARGEST_PACKET), 0, FrameBatch.LARGEST_FRAME))
        .containsExactly(FrameBatch.LARGEST_PACKET);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 10 + 65_536, Integer.MIN_VALUE, -1})
  void refusesAnImpossibleLength(int length) {
    byte[] stream = ByteBuffer.allocate(4).putInt(length).array();

    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> take(stream, 0, 4))
        .withMessageContaining("a frame of " + Integer.toUnsignedString(length) + " bytes");
  }

  private List<Integer> take(byte[] stream, int at, int length) throws ControlException {
    batch.clear();
    int from = reader.begin(batch);
    batch.buffer().put(from, stream, at, length);
    reader.end(batch, from + length);
    List<Integer> lengths = new ArrayList<>();
    for (int frame = 0; frame < batch.bytes(); frame = batch.next(frame)) {
      assertThat(batch.buffer().get(batch.packetOffset(frame)))
          .isEqualTo((byte) batch.packetLength(frame));
      lengths.add(batch.packetLength(frame));
    }
    return lengths;
  }

  /** Frames whose packets have these lengths, and the length as their first byte. */
  private static byte[] stream(int... packetLengths) {
    ByteBuffer bytes = ByteBuffer.allocate(100_000);
    for (int length : packetLengths) {
      bytes.putInt(VirtioNetHeader.BYTES + length).put(new byte[VirtioNetHeader.BYTES]);
      bytes.put((byte) length).put(new byte[length - 1]);
    }
    byte[] stream = new byte[bytes.flip().remaining()];
    bytes.get(stream);
    return stream;
  }
}
