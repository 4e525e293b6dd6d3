package dev.teletun.tunnel.end;

import dev.teletun.dtls.association.Association;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.mtu.RouterDuty;
import dev.teletun.protocol.offload.SegmentSink;
import dev.teletun.protocol.offload.Splitter;
import dev.teletun.protocol.packet.Verdict;
import dev.teletun.tunnel.association.Associations;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from the local port to the peer: reads a batch, does a router's duty for what is
 * too big for the tunnel, splits superpackets, seals. Loop thread only.
 *
 * <p>A batch that the socket could not take whole is gone on with in the next turn.
 */
final class SendPump implements SegmentSink {
  private static final int BATCH_BYTES = 4 * FrameBatch.LARGEST_FRAME;

  private final Side side;
  private final TrainSender sender;
  private final RouterDuty duty;
  private final Drops drops;
  private final Splitter splitter = new Splitter();
  private final FrameBatch batch = new FrameBatch(BATCH_BYTES);
  private final FrameBatch onward = new FrameBatch(2 * BATCH_BYTES);
  private final FrameBatch back = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final byte[] packet = new byte[FrameBatch.LARGEST_PACKET];

  private FrameBatch sending = batch;
  private int nextFrame;
  private @Nullable InnerFilter filter;
  private @Nullable Association association;
  private @Nullable UdpPeer peer;

  SendPump(Side side, TrainSender sender, RouterDuty duty, Drops drops) {
    this.side = side;
    this.sender = sender;
    this.duty = duty;
    this.drops = drops;
  }

  void filter(InnerFilter addresses) {
    filter = addresses;
  }

  /**
   * Sends one batch, or the rest of one.
   *
   * @return false once the port has ended
   */
  boolean turn(PacketPort local, Associations associations) throws IOException {
    if (nextFrame >= sending.bytes() && !readBatch(local)) {
      return false;
    }
    goOn(associations);
    return true;
  }

  /** Sends the rest of the batch, as far as the socket takes it. */
  void goOn(Associations associations) {
    association = associations.current();
    peer = associations.peer();
    sendBatch();
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

  private void sendBatch() {
    if (association == null || peer == null || filter == null) {
      drops.withoutAssociation(sending.count());
      nextFrame = sending.bytes();
      return;
    }
    while (nextFrame < sending.bytes() && !sender.isBlocked()) {
      sendFrame(filter, nextFrame);
      nextFrame = sending.next(nextFrame);
    }
    sender.flush();
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
    if (!splitter.split(packet, sending, frame, this)) {
      drops.contradictory();
    }
  }

  @Override
  public void segment(byte[] bytes, int at, int length) {
    Association to = association;
    UdpPeer where = peer;
    if (to != null && where != null) {
      sender.add(to, where, bytes, at, length);
    }
  }
}
