package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.mtu.MssClamp;
import dev.teletun.protocol.mtu.RouterDuty;
import dev.teletun.protocol.offload.Splitter;
import dev.teletun.protocol.packet.Verdict;
import java.util.Arrays;

/**
 * What both programs of a pair do with one frame of the other: server-cluster filters, does a
 * router's duty and writes to the TUN; server-external does the duty, filters, clamps and splits.
 */
final class PairDuty {
  private static final int LINK_MTU = 1280;

  private static final FrameBatch FROM = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private static final FrameBatch ONWARD = new FrameBatch(4 * FrameBatch.LARGEST_FRAME);
  private static final FrameBatch BACK = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private static final RouterDuty DUTY = new RouterDuty(LINK_MTU);
  private static final InnerFilter FILTER = new InnerFilter(Packets.P);
  private static final Splitter SPLITTER = new Splitter();
  private static final byte[] PACKET = new byte[FrameBatch.LARGEST_PACKET];

  private PairDuty() {}

  static void check(byte[] frame) {
    toPod(frame);
    toClient(frame);
  }

  private static void toPod(byte[] frame) {
    begin(frame);
    if (FILTER.outbound(FROM.buffer(), FROM.packetOffset(0), FROM.packetLength(0))
        != Verdict.PASS) {
      return;
    }
    FrameBatch leaving = DUTY.apply(FROM, ONWARD, BACK) ? FROM : ONWARD;
    for (int next = 0; next < leaving.bytes(); next = leaving.next(next)) {
      byte[] packet = packet(leaving, next);
      require(PacketModel.isWellFormed(packet), "a malformed packet for the TUN");
      require(Packets.P.contains(PacketModel.source(packet)), "not from P");
    }
    checkAnswers(frame);
  }

  private static void toClient(byte[] frame) {
    begin(frame);
    FrameBatch leaving = DUTY.apply(FROM, ONWARD, BACK) ? FROM : ONWARD;
    for (int next = 0; next < leaving.bytes(); next = leaving.next(next)) {
      int length = leaving.packetLength(next);
      if (FILTER.inbound(leaving.buffer(), leaving.packetOffset(next), length) != Verdict.PASS) {
        continue;
      }
      leaving.buffer().get(leaving.packetOffset(next), PACKET, 0, length);
      if (length <= MssClamp.LONGEST_SYN) {
        int flags = VirtioNetHeader.flags(leaving.buffer(), leaving.headerOffset(next));
        boolean later = (flags & VirtioNetHeader.F_NEEDS_CSUM) != 0;
        boolean _ = MssClamp.apply(PACKET, 0, length, LINK_MTU, later);
      }
      boolean _ = SPLITTER.split(PACKET, leaving, next, PairDuty::segment);
    }
    checkAnswers(frame);
  }

  private static void segment(byte[] bytes, int at, int length) {
    byte[] packet = Arrays.copyOfRange(bytes, at, at + length);
    require(PacketModel.isWellFormed(packet), "a malformed packet for the client");
    require(Packets.P.contains(PacketModel.destination(packet)), "not for P");
  }

  private static void checkAnswers(byte[] frame) {
    require(BACK.bytes() <= 2048, "%d bytes of answers to one frame", BACK.bytes());
    for (int next = 0; next < BACK.bytes(); next = BACK.next(next)) {
      require(PacketModel.isWellFormed(packet(BACK, next)), "a malformed answer");
      require(BACK.packetLength(next) < frame.length, "an answer longer than its cause");
    }
  }

  private static void begin(byte[] frame) {
    FROM.clear();
    ONWARD.clear();
    BACK.clear();
    FROM.buffer().put(0, frame);
    FROM.committed(1, frame.length);
  }

  private static byte[] packet(FrameBatch from, int frame) {
    byte[] packet = new byte[from.packetLength(frame)];
    from.buffer().get(from.packetOffset(frame), packet);
    return packet;
  }
}
