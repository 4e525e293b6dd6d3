package dev.teletun.bench.micro;

import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.unix.FrameReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Frames of the AF_UNIX stream, each with a full packet. */
@State(Scope.Thread)
public class Frames {
  private static final int FRAMES = 46;

  private final byte[] packet = Samples.tcp(0, Samples.SEGMENT);
  private final FrameBatch stream = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private final FrameBatch batch = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private final FrameReader reader = new FrameReader();

  /** What is read. */
  public Frames() {
    for (int i = 0; i < FRAMES; i++) {
      Samples.add(stream, packet);
    }
  }

  /** Writes frames, with the copy of the packet. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public int write() {
    batch.clear();
    for (int i = 0; i < FRAMES; i++) {
      batch.buffer().put(batch.nextPacketOffset(), packet, 0, packet.length);
      VirtioNetHeader.putPlain(batch.buffer(), batch.nextHeaderOffset());
      batch.commit(packet.length);
    }
    return batch.bytes();
  }

  /** Finds frames in what a read has brought; the copy is in place of that read. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public int read() throws ControlException {
    batch.clear();
    int from = reader.begin(batch);
    batch.buffer().put(from, stream.buffer(), 0, stream.bytes());
    return reader.end(batch, from + stream.bytes());
  }

  /** Goes through the frames of a batch. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public int walk() {
    int sum = 0;
    for (int frame = 0; frame < stream.bytes(); frame = stream.next(frame)) {
      sum += stream.packetLength(frame);
    }
    return sum;
  }
}
