package dev.teletun.tunnel.end;

import dev.teletun.linux.port.PacketPort;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.mtu.MssClamp;
import dev.teletun.protocol.mtu.RouterDuty;
import dev.teletun.protocol.mtu.TunMtu;
import dev.teletun.protocol.offload.SegmentSink;
import dev.teletun.protocol.offload.Splitter;
import dev.teletun.protocol.packet.Verdict;
import dev.teletun.tunnel.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from the local port to the peer: reads a batch, does a router's duty for what is
 * too big for the tunnel, splits superpackets, seals. Loop thread only.
 *
 * <p>A batch that the transport could not take whole is gone on with in the next turn.
 */
final class SendPump implements SegmentSink {
  private static final int BATCH_BYTES = 4 * FrameBatch.LARGEST_FRAME;

  private final Side side;
  private final RouterDuty duty;
  private final Drops drops;
  private final Traffic traffic;
  private final Splitter splitter = new Splitter();
  private final FrameBatch batch = new FrameBatch(BATCH_BYTES);
  private final FrameBatch onward = new FrameBatch(2 * BATCH_BYTES);
  private final FrameBatch back = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final byte[] packet = new byte[FrameBatch.LARGEST_PACKET];

  private FrameBatch sending = batch;
  private int nextFrame;
  private boolean hasWay = true;
  private int tunnelMtu = TunMtu.MAXIMUM;
  private @Nullable InnerFilter filter;
  private @Nullable Transport transport;

  SendPump(Side side, RouterDuty duty, Drops drops, Traffic traffic) {
    this.side = side;
    this.duty = duty;
    this.drops = drops;
    this.traffic = traffic;
  }

  void filter(InnerFilter addresses) {
    filter = addresses;
  }

  /** Whether what leaves arrives, as far as is known. */
  void hasWay(boolean one) {
    hasWay = one;
  }

  /** The largest packet in bytes that the tunnel carries whole, for the segment sizes of TCP. */
  void tunnelMtu(int bytes) {
    tunnelMtu = bytes;
  }

  /**
   * Sends one batch, or the rest of one.
   *
   * @return false once the port has ended
   */
  boolean turn(PacketPort local, @Nullable Transport to) throws IOException {
    if (nextFrame >= sending.bytes() && !readBatch(local)) {
      return false;
    }
    if (!hasWay || !isOpen(to)) {
      tellNoRoute(local);
    }
    goOn(to);
    return true;
  }

  private boolean isOpen(@Nullable Transport to) {
    return to != null && to.isOpen() && filter != null;
  }

  private void tellNoRoute(PacketPort local) throws IOException {
    back.clear();
    duty.tellNoRoute(sending, nextFrame, back);
    if (!back.isEmpty()) {
      local.write(back);
    }
  }

  /** Sends the rest of the batch, as far as the transport takes it. */
  void goOn(@Nullable Transport to) {
    transport = to;
    if (to == null || !to.isOpen() || filter == null) {
      drops.withoutAssociation(countOfTheRest());
      nextFrame = sending.bytes();
    } else {
      sendBatch(filter, to);
    }
  }

  private int countOfTheRest() {
    int rest = 0;
    for (int frame = nextFrame; frame < sending.bytes(); frame = sending.next(frame)) {
      rest++;
    }
    return rest;
  }

  private boolean readBatch(PacketPort local) throws IOException {
    batch.clear();
    sending = batch;
    nextFrame = 0;
    if (local.read(batch) == PacketPort.ENDED) {
      return false;
    }
    onward.clear();
    back.clear();
    if (!duty.apply(batch, onward, back)) {
      sending = onward;
      if (!back.isEmpty()) {
        local.write(back);
      }
    }
    return true;
  }

  private void sendBatch(InnerFilter addresses, Transport to) {
    while (nextFrame < sending.bytes() && !to.isBlocked()) {
      sendFrame(addresses, nextFrame);
      nextFrame = sending.next(nextFrame);
    }
    to.flush();
  }

  private void sendFrame(InnerFilter addresses, int frame) {
    ByteBuffer buffer = sending.buffer();
    int at = sending.packetOffset(frame);
    int length = sending.packetLength(frame);
    Verdict verdict = side.toPeer(addresses, buffer, at, length);
    if (verdict != Verdict.PASS) {
      drops.refusedToPeer(verdict);
      return;
    }
    buffer.get(at, packet, 0, length);
    if (length <= MssClamp.LONGEST_SYN) {
      int flags = VirtioNetHeader.flags(buffer, sending.headerOffset(frame));
      boolean checksumLater = (flags & VirtioNetHeader.F_NEEDS_CSUM) != 0;
      boolean _ = MssClamp.apply(packet, 0, length, tunnelMtu, checksumLater);
    }
    if (!splitter.split(packet, sending, frame, this)) {
      drops.contradictory();
    }
  }

  @Override
  public void segment(byte[] bytes, int at, int length) {
    Transport to = transport;
    if (to != null) {
      traffic.toPeer(length);
      if (length > tunnelMtu) {
        traffic.largerThanPath();
      }
      to.send(bytes, at, length);
    }
  }
}
