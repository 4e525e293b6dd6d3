package dev.teletun.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FrameBatchTest {
  private static final byte[] PACKET = {0x45, 1, 2, 3};

  @Test
  void hasRoomForAFrameOfAnySizeOrHasNot() {
    FrameBatch batch = new FrameBatch(FrameBatch.LARGEST_FRAME);
    assertThat(batch.isEmpty()).isTrue();
    assertThat(batch.hasRoom()).isTrue();
    assertThat(batch.room()).isEqualTo(FrameBatch.LARGEST_PACKET);

    add(batch, PACKET);

    assertThat(batch.isEmpty()).isFalse();
    assertThat(batch.hasRoom()).isFalse();
    assertThat(batch.room())
        .isEqualTo(FrameBatch.LARGEST_FRAME - batch.bytes() - batch.packetOffset(0));
  }

  @Test
  void takesOverTheSecondFrameOfAnother() {
    FrameBatch from = new FrameBatch(FrameBatch.LARGEST_FRAME);
    add(from, new byte[9]);
    add(from, PACKET);
    FrameBatch to = new FrameBatch(FrameBatch.LARGEST_FRAME);
    add(to, new byte[7]);
    int second = to.bytes();

    to.append(from, from.next(0));

    assertThat(to.count()).isEqualTo(2);
    assertThat(to.packetLength(second)).isEqualTo(PACKET.length);
    byte[] copy = new byte[PACKET.length];
    to.buffer().get(to.packetOffset(second), copy);
    assertThat(copy).isEqualTo(PACKET);
    assertThat(to.next(second)).isEqualTo(to.bytes());
  }

  @Test
  void aHeaderHoldsWhatWasWrittenWhereverItIs() {
    byte[] bytes = new byte[40];
    Arrays.fill(bytes, (byte) 0x7f);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);

    VirtioNetHeader.put(buffer, 11, 1, 2, 300, 400, 500, 600);

    assertThat(VirtioNetHeader.flags(buffer, 11)).isEqualTo(1);
    assertThat(VirtioNetHeader.gsoType(buffer, 11)).isEqualTo(2);
    assertThat(VirtioNetHeader.headerLength(buffer, 11)).isEqualTo(300);
    assertThat(VirtioNetHeader.gsoSize(buffer, 11)).isEqualTo(400);
    assertThat(VirtioNetHeader.checksumStart(buffer, 11)).isEqualTo(500);
    assertThat(VirtioNetHeader.checksumOffset(buffer, 11)).isEqualTo(600);
    VirtioNetHeader.putPlain(buffer, 11);
    assertThat(Arrays.copyOfRange(bytes, 11, 21)).containsOnly(0);
    assertThat(Arrays.copyOf(bytes, 11)).containsOnly(0x7f);
    assertThat(Arrays.copyOfRange(bytes, 21, 40)).containsOnly(0x7f);
  }

  private static void add(FrameBatch batch, byte[] packet) {
    VirtioNetHeader.putPlain(batch.buffer(), batch.nextHeaderOffset());
    batch.buffer().put(batch.nextPacketOffset(), packet);
    batch.commit(packet.length);
  }
}
