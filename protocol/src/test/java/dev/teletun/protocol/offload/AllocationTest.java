package dev.teletun.protocol.offload;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Verdict;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens for each packet leaves no garbage. */
class AllocationTest {
  private static final int WARM_UP = 200;
  private static final int ROUNDS = 200;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Splitter splitter = new Splitter();
  private final Coalescer coalescer = new Coalescer(true);
  private final InnerFilter filter = new InnerFilter(List.of(Addresses.parse("10.0.2.7")));
  private final FrameBatch batch = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private final SegmentSink sink = this::take;
  private final byte[] superpacket;
  private final byte[] memory = new byte[FrameBatch.LARGEST_PACKET];
  private long segments;

  AllocationTest() {
    PacketMaker maker = new PacketMaker();
    maker.payload = new byte[60_000];
    superpacket = maker.tcp();
  }

  @Test
  void splitsFiltersAndMergesWithoutGarbage() {
    for (int i = 0; i < WARM_UP; i++) {
      round();
    }
    segments = 0;

    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      round();
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(segments).isEqualTo(ROUNDS * 43L);
    assertThat(batch.count()).isEqualTo(1);
    // Reading the counter, or the compiler, may cost an object or two; one a packet is 16 times
    // this.
    assertThat(allocated).as("bytes for %d packets", segments).isLessThan(segments);
  }

  private void round() {
    System.arraycopy(superpacket, 0, memory, 0, superpacket.length);
    batch.clear();
    coalescer.begin(batch);
    splitter.split(
        memory,
        0,
        superpacket.length,
        VirtioNetHeader.F_NEEDS_CSUM,
        VirtioNetHeader.GSO_TCPV4,
        1_398,
        20,
        16,
        sink);
    coalescer.finish();
    if (filter.outbound(batch.buffer(), batch.packetOffset(0), superpacket.length)
        != Verdict.PASS) {
      throw new AssertionError();
    }
  }

  private void take(byte[] bytes, int at, int length) {
    if (filter.outbound(bytes, at, length) == Verdict.PASS && coalescer.add(bytes, at, length)) {
      segments++;
    }
  }
}
