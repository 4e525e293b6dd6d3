package dev.teletun.protocol.offload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.PacketMaker;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What holds for every superpacket: each segment is right, and together they are it again. */
class SplitAndCoalesceTest {
  private static final int CASES_PER_SEED = 60;

  private final FrameBatch batch = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private final Coalescer coalescer = new Coalescer(true);

  @RepeatedTest(20)
  void splitsAnySuperpacketIntoRightSegmentsAndBack(RepetitionInfo seed) {
    Random random = new Random(seed.getCurrentRepetition());
    for (int i = 0; i < CASES_PER_SEED; i++) {
      Superpacket whole = Superpacket.random(random);

      List<byte[]> segments = whole.split();

      whole.assertIsMadeOf(segments);
      coalesce(segments);
      if (segments.size() > 1) {
        assertIsOneFrame(whole);
      } else {
        assertIsPlain(segments.getFirst());
      }
    }
  }

  @Test
  void takesTheLargestSuperpacketThereIs() {
    PacketMaker maker = new PacketMaker();
    maker.payload = new byte[FrameBatch.LARGEST_PACKET - 40];
    Superpacket whole = Superpacket.tcp(maker, 1398);

    List<byte[]> segments = whole.split();

    assertThat(segments).hasSize(47);
    whole.assertIsMadeOf(segments);
    coalesce(segments);
    assertIsOneFrame(whole);
  }

  private void coalesce(List<byte[]> segments) {
    batch.clear();
    coalescer.begin(batch);
    for (byte[] segment : segments) {
      byte[] shifted = new byte[segment.length + 3];
      System.arraycopy(segment, 0, shifted, 3, segment.length);
      assertThat(coalescer.add(shifted, 3, segment.length)).isTrue();
    }
    coalescer.finish();
  }

  private void assertIsOneFrame(Superpacket whole) {
    assertThat(batch.count()).isEqualTo(1);
    assertThat(packet()).isEqualTo(whole.bytes);
    ByteBuffer buffer = batch.buffer();
    int header = batch.headerOffset(0);
    assertThat(VirtioNetHeader.flags(buffer, header)).isEqualTo(VirtioNetHeader.F_NEEDS_CSUM);
    assertThat(VirtioNetHeader.gsoType(buffer, header)).isEqualTo(whole.gsoType);
    assertThat(VirtioNetHeader.gsoSize(buffer, header)).isEqualTo(whole.gsoSize);
    assertThat(VirtioNetHeader.headerLength(buffer, header)).isEqualTo(whole.headers());
    assertThat(VirtioNetHeader.checksumStart(buffer, header)).isEqualTo(whole.transport());
    assertThat(VirtioNetHeader.checksumOffset(buffer, header)).isEqualTo(whole.checksumOffset());
  }

  private void assertIsPlain(byte[] segment) {
    assertThat(batch.count()).isEqualTo(1);
    assertThat(packet()).isEqualTo(segment);
    assertThat(VirtioNetHeader.flags(batch.buffer(), batch.headerOffset(0))).isZero();
    assertThat(VirtioNetHeader.gsoType(batch.buffer(), batch.headerOffset(0))).isZero();
  }

  private byte[] packet() {
    byte[] packet = new byte[batch.packetLength(0)];
    batch.buffer().get(batch.packetOffset(0), packet);
    return packet;
  }
}
