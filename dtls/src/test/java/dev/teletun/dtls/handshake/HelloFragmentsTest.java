package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HelloFragmentsTest {
  private static final byte[] SENDER = {10, 0, 0, 1, 1, 1};

  private final HelloFragments fragments = new HelloFragments();

  @Test
  void putsTogetherWhatIsNotTooLarge() {
    int largest = HelloFragments.MOST_BYTES;

    assertThat(offer(0, largest, 0, 1)).isEmpty();
    assertThat(offer(0, largest, 1, largest))
        .hasValueSatisfying(whole -> assertThat(whole).hasSize(25 + largest));
    assertThat(offer(1, largest + 1, 0, 1)).isEmpty();
    assertThat(offer(1, largest + 1, 1, largest + 1)).isEmpty();
  }

  @Test
  void beginsAnewWithAnotherHelloOfTheSameSender() {
    assertThat(offer(0, 40, 0, 20)).isEmpty();
    assertThat(offer(1, 40, 20, 40)).as("another number").isEmpty();
    assertThat(offer(0, 40, 0, 20)).isEmpty();
    assertThat(offer(0, 41, 20, 41)).as("another length").isEmpty();

    assertThat(offer(0, 41, 0, 20)).isPresent();
  }

  @Test
  void passesOnWhatHasComeWholeAsItIs() {
    assertThat(offer(0, 0, 0, 0)).hasValueSatisfying(empty -> assertThat(empty).hasSize(25));
    assertThat(offer(0, 30, 0, 30)).hasValueSatisfying(whole -> assertThat(whole).hasSize(55));
  }

  /** Behind five bytes of something else. */
  private Optional<byte[]> offer(int number, int of, int from, int to) {
    int length = to - from;
    ByteBuffer bytes = ByteBuffer.allocate(5 + 25 + length);
    bytes.put(new byte[] {0x7f, 0x7f, 0x7f, 0x7f, 0x7f});
    bytes.put((byte) 22).putShort((short) 0xFEFF).putLong(0).putShort((short) (12 + length));
    bytes.putInt(1 << 24 | of).putShort((short) number);
    bytes.put((byte) 0).putShort((short) from).put((byte) 0).putShort((short) length);
    return fragments.whole(SENDER, bytes.array(), 5, 25 + length);
  }
}
