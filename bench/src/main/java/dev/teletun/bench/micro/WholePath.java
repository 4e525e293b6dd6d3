package dev.teletun.bench.micro;

import static java.util.Objects.requireNonNull;

import dev.teletun.protocol.frame.FrameBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Packets through both ends of a tunnel, sealed and opened, with all system calls. Time is that of
 * one batch on its way, not what it keeps a core busy; bytes are of all threads.
 */
@State(Scope.Benchmark)
public class WholePath {
  private static final int SMALL = 40;
  private static final int SMALL_PAYLOAD = 36;

  /** The JDK's, or {@link NullCipher}. */
  @Param({"AES-GCM", "none"})
  String cipher = "";

  private final FrameBatch superpacket = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final FrameBatch small = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private @Nullable LoopbackTunnel tunnel;

  /** What is carried. */
  public WholePath() {
    Samples.addSuperpacket(superpacket);
    for (int i = 0; i < SMALL; i++) {
      Samples.add(small, Samples.udp(SMALL_PAYLOAD));
    }
  }

  /** Brings the tunnel up. */
  @Setup
  public void open() throws Exception {
    if (cipher.equals("none")) {
      NullCipher.install();
    }
    tunnel = LoopbackTunnel.open();
  }

  /** Takes it down. */
  @TearDown
  public void close() throws IOException {
    requireNonNull(tunnel).close();
  }

  /** A superpacket, which comes out as one. */
  @Benchmark
  @OperationsPerInvocation(Samples.SEGMENTS)
  public void superpacket() throws IOException {
    requireNonNull(tunnel)
        .carry(superpacket, Samples.TCP_HEADERS, Samples.SEGMENTS * Samples.SEGMENT);
  }

  /** Datagrams of 64 bytes, headers included. */
  @Benchmark
  @OperationsPerInvocation(SMALL)
  public void smallPackets() throws IOException {
    requireNonNull(tunnel).carry(small, Samples.UDP_HEADERS, SMALL * SMALL_PAYLOAD);
  }
}
