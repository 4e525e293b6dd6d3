package dev.teletun.bench.micro;

import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.mtu.MssClamp;
import dev.teletun.protocol.mtu.RouterDuty;
import dev.teletun.protocol.packet.Verdict;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is looked at in each packet. */
@State(Scope.Thread)
public class Checks {
  private static final int FRAMES = 64;

  private final InnerFilter filter = new InnerFilter(List.of(Samples.POD));
  private final RouterDuty duty = new RouterDuty(Samples.MTU);
  private final byte[] packet = Samples.tcp(0, Samples.SEGMENT);
  private final byte[] acknowledgment = Samples.tcp(0, 0);
  private final byte[] syn = Samples.syn();
  private final byte[] memory = new byte[syn.length];
  private final FrameBatch superpackets = new FrameBatch(4 * FrameBatch.LARGEST_FRAME);
  private final FrameBatch small = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final FrameBatch onward = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final FrameBatch back = new FrameBatch(FrameBatch.LARGEST_FRAME);

  /** What is checked. */
  public Checks() {
    for (int i = 0; i < 4; i++) {
      Samples.addSuperpacket(superpackets);
    }
    for (int i = 0; i < FRAMES; i++) {
      Samples.add(small, Samples.udp(64));
    }
  }

  /** From the peer, in an array. */
  @Benchmark
  public Verdict filterReceived() {
    return filter.outbound(packet, 0, packet.length);
  }

  /** To the peer, in a batch. */
  @Benchmark
  public Verdict filterFrame() {
    return filter.outbound(
        superpackets.buffer(), superpackets.packetOffset(0), superpackets.packetLength(0));
  }

  @Benchmark
  @OperationsPerInvocation(4)
  public boolean routeSuperpackets() {
    return duty.apply(superpackets, onward, back);
  }

  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public boolean routePackets() {
    return duty.apply(small, onward, back);
  }

  /** A packet as short as a SYN, which is none. */
  @Benchmark
  public boolean clampNothing() {
    return MssClamp.apply(acknowledgment, 0, acknowledgment.length, Samples.MTU, false);
  }

  /** With the copy of the SYN, which would be right after the first time. */
  @Benchmark
  public boolean clampSyn() {
    System.arraycopy(syn, 0, memory, 0, syn.length);
    return MssClamp.apply(memory, 0, memory.length, Samples.MTU, false);
  }
}
