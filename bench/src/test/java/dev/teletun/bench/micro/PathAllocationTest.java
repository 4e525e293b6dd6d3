package dev.teletun.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.teletun.protocol.frame.FrameBatch;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever happens to a packet between port and peer, system calls included, leaves no garbage of
 * ours. Bytes are counted, by loop, so it does not matter how fast this machine is.
 */
@Timeout(120)
class PathAllocationTest {
  private static final int WARM_UP = 1_500;
  private static final int ROUNDS = 500;
  private static final int PACKETS = ROUNDS * Samples.SEGMENTS;

  // Of bytes for a packet: less than the smallest object for each batch, such as a system call's.
  private static final double NOTHING = 0.25;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final FrameBatch superpacket = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final FrameBatch single = new FrameBatch(FrameBatch.LARGEST_FRAME);

  @BeforeEach
  void makePackets() {
    Samples.addSuperpacket(superpacket);
    for (int i = 0; i < Samples.SEGMENTS; i++) {
      Samples.add(single, Samples.udp(36));
    }
  }

  @AfterEach
  void removeNullCipher() {
    NullCipher.remove();
  }

  /** Bytes that each loop allocated for one packet. */
  private record Garbage(double sealing, double opening) {}

  @Test
  void leavesNoGarbageOfOurs() throws Exception {
    NullCipher.install();
    try (LoopbackTunnel tunnel = LoopbackTunnel.open()) {
      Garbage large =
          carry(tunnel, superpacket, Samples.TCP_HEADERS, Samples.SEGMENTS * Samples.SEGMENT);
      Garbage small = carry(tunnel, single, Samples.UDP_HEADERS, Samples.SEGMENTS * 36);

      System.out.printf("allocated for a packet: %s, a small one: %s%n", large, small);
      assertThat(large.sealing()).as("sealing full packets").isLessThan(NOTHING);
      assertThat(large.opening()).as("opening full packets").isLessThan(NOTHING);
      assertThat(small.sealing()).as("sealing small packets").isLessThan(NOTHING);
      assertThat(small.opening()).as("opening small packets").isLessThan(NOTHING);
    }
  }

  @Test
  void leavesTheGarbageOfTheCipherAlone() throws Exception {
    Garbage bare = bareCipher();

    try (LoopbackTunnel tunnel = LoopbackTunnel.open()) {
      Garbage ours =
          carry(tunnel, superpacket, Samples.TCP_HEADERS, Samples.SEGMENTS * Samples.SEGMENT);

      System.out.printf("allocated for a packet: %s, by the bare cipher: %s%n", ours, bare);
      assertThat(ours.sealing()).isLessThan(bare.sealing() + 16).isLessThan(1536);
      assertThat(ours.opening()).isLessThan(bare.opening() + 16).isLessThan(3584);
    }
  }

  private static Garbage carry(LoopbackTunnel tunnel, FrameBatch frames, int headers, int payload)
      throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      tunnel.carry(frames, headers, payload);
    }
    long sealing = tunnel.allocatedByClient();
    long opening = tunnel.allocatedByServer();
    for (int i = 0; i < ROUNDS; i++) {
      tunnel.carry(frames, headers, payload);
    }
    return new Garbage(
        (double) (tunnel.allocatedByClient() - sealing) / PACKETS,
        (double) (tunnel.allocatedByServer() - opening) / PACKETS);
  }

  private interface Operation {
    void run() throws GeneralSecurityException;
  }

  /** The same number of records of the same size, by nothing but the JDK. */
  private Garbage bareCipher() throws GeneralSecurityException {
    BareRecord bare = new BareRecord();
    byte[] packet = new byte[Samples.MTU];
    byte[] encrypted = new byte[Samples.MTU + BareRecord.TAG];
    byte[] into = new byte[Samples.MTU + BareRecord.TAG];
    int _ = bare.encrypt(packet, packet.length, encrypted);
    return new Garbage(
        allocatedBy(() -> bare.encrypt(packet, packet.length, into)),
        allocatedBy(() -> bare.decrypt(encrypted, packet.length, into)));
  }

  private double allocatedBy(Operation operation) throws GeneralSecurityException {
    for (int i = 0; i < WARM_UP * Samples.SEGMENTS; i++) {
      operation.run();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < PACKETS; i++) {
      operation.run();
    }
    return (double) (threads.getCurrentThreadAllocatedBytes() - before) / PACKETS;
  }
}
