package dev.teletun.bench.micro;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.offload.Coalescer;
import dev.teletun.protocol.offload.SegmentSink;
import dev.teletun.protocol.offload.Splitter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One superpacket to packets, and back. */
@State(Scope.Thread)
public class Offload {
  private final FrameBatch superpacket = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final FrameBatch merged = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final byte[] memory = new byte[FrameBatch.LARGEST_PACKET];
  private final byte[][] segments = new byte[Samples.SEGMENTS][];
  private final Splitter splitter = new Splitter();
  private final Coalescer coalescer = new Coalescer(false);
  private final SegmentSink sink = this::count;
  private int emitted;

  /** What is split and what is merged. */
  public Offload() {
    Samples.addSuperpacket(superpacket);
    for (int i = 0; i < Samples.SEGMENTS; i++) {
      segments[i] = Samples.tcp(i * Samples.SEGMENT, Samples.SEGMENT);
    }
  }

  /** With the copy out of the batch, which it needs because it works in place. */
  @Benchmark
  @OperationsPerInvocation(Samples.SEGMENTS)
  public int split() {
    emitted = 0;
    superpacket.buffer().get(superpacket.packetOffset(0), memory, 0, superpacket.packetLength(0));
    if (!splitter.split(memory, superpacket, 0, sink) || emitted != Samples.SEGMENTS) {
      throw new IllegalStateException("split into " + emitted);
    }
    return emitted;
  }

  private void count(byte[] bytes, int at, int length) {
    emitted++;
  }

  @Benchmark
  @OperationsPerInvocation(Samples.SEGMENTS)
  public int merge() {
    merged.clear();
    coalescer.begin(merged);
    for (byte[] segment : segments) {
      if (!coalescer.add(segment, 0, segment.length)) {
        throw new IllegalStateException("no room");
      }
    }
    coalescer.finish();
    if (merged.count() != 1) {
      throw new IllegalStateException("merged to " + merged.count());
    }
    return merged.bytes();
  }
}
