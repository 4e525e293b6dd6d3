package dev.teletun.tunnel.end;

import dev.teletun.linux.port.PacketPort;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.mtu.MssClamp;
import dev.teletun.protocol.mtu.TunMtu;
import dev.teletun.protocol.offload.Coalescer;
import dev.teletun.protocol.packet.Verdict;
import dev.teletun.tunnel.transport.PacketSink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from the peer to the local port: filters, merges, writes a batch. Loop thread
 * only.
 */
final class ReceivePump implements PacketSink {
  private static final int BATCH_BYTES = 4 * FrameBatch.LARGEST_FRAME;

  private final Side side;
  private final Drops drops;
  private final Traffic traffic;
  private final Coalescer tcp = new Coalescer(false);
  private final Coalescer tcpAndUdp = new Coalescer(true);
  private final FrameBatch batch = new FrameBatch(BATCH_BYTES);

  private Coalescer coalescer = tcp;
  private @Nullable InnerFilter filter;
  private @Nullable PacketPort local;
  private @Nullable PacketSink early;
  private boolean localBlocked;
  private int tunnelMtu = TunMtu.MAXIMUM;
  private @Nullable IOException localFailure;

  ReceivePump(Side side, Drops drops, Traffic traffic) {
    this.side = side;
    this.drops = drops;
    this.traffic = traffic;
  }

  void filter(InnerFilter addresses) {
    filter = addresses;
  }

  /** The largest packet in bytes that the tunnel carries whole, for the segment sizes of TCP. */
  void tunnelMtu(int bytes) {
    tunnelMtu = bytes;
  }

  void early(PacketSink whilePortless) {
    early = whilePortless;
  }

  /**
   * Begins a turn.
   *
   * @param port where packets go; null drops and counts them
   */
  void begin(@Nullable PacketPort port) {
    local = port;
    localBlocked = false;
    batch.clear();
    coalescer = port != null && port.takesUdpSegments() ? tcpAndUdp : tcp;
    coalescer.begin(batch);
  }

  /** True if the port kept some of what this turn wrote. */
  boolean isBlocked() {
    return localBlocked;
  }

  /**
   * Ends the turn.
   *
   * @return false if the port kept some and must be flushed once it is writable
   */
  boolean finish() throws IOException {
    deliver();
    IOException failure = localFailure;
    if (failure != null) {
      localFailure = null;
      throw failure;
    }
    return !localBlocked;
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    if (filter == null) {
      return;
    }
    Verdict verdict = side.fromPeer(filter, bytes, at, length);
    if (verdict != Verdict.PASS) {
      drops.refusedFromPeer(verdict);
      return;
    }
    traffic.fromPeer(length);
    if (length <= MssClamp.LONGEST_SYN) {
      boolean _ = MssClamp.apply(bytes, at, length, tunnelMtu, false);
    }
    if (local == null) {
      withoutPort(bytes, at, length);
    } else if (!coalescer.add(bytes, at, length)) {
      deliver();
      coalescer.begin(batch);
      coalescer.add(bytes, at, length);
    }
  }

  private void withoutPort(byte[] bytes, int at, int length) {
    if (early == null) {
      drops.withoutPort(1);
    } else {
      early.packet(bytes, at, length);
    }
  }

  private void deliver() {
    coalescer.finish();
    if (local != null && !batch.isEmpty()) {
      try {
        localBlocked |= !local.write(batch);
      } catch (IOException e) {
        localFailure = e; // a sink cannot throw: finish() does
      }
    }
    batch.clear();
  }
}
