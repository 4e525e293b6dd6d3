package dev.teletun.protocol.mtu;

import dev.teletun.protocol.fragment.FragmentSink;
import dev.teletun.protocol.fragment.Ipv4Fragmenter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.icmp.AnswerLimit;
import dev.teletun.protocol.icmp.NoRoute;
import dev.teletun.protocol.icmp.TooBig;
import dev.teletun.protocol.offload.SegmentSink;
import dev.teletun.protocol.offload.Splitter;
import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;
import dev.teletun.protocol.packet.Verdict;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a router in front of a link does with packets of any size: passes on what fits, cuts IPv4
 * packets without DF, answers the senders of all others, not too often. A superpacket fits if its
 * segments do.
 *
 * <p>Needed because nftables' {@code fwd} hands packets to a device without looking at its MTU.
 *
 * <p>One thread uses it; no allocation per call.
 */
public final class RouterDuty {
  private static final int LONGEST_ANSWER = 1280;

  private final Splitter splitter = new Splitter();
  private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter();
  private final byte[] packet = new byte[FrameBatch.LARGEST_PACKET];
  private final ByteBuffer packetView = ByteBuffer.wrap(packet);
  private final AnswerLimit answers = new AnswerLimit(System::nanoTime);
  private final SegmentSink toFragmenter = this::cut;
  private final FragmentSink toOnward = this::passOn;
  private @Nullable FrameBatch onward;

  private int linkMtuBytes;
  private long passed;
  private long fragmented;
  private long answered;
  private long toldNoRoute;
  private long dropped;

  /** A router in front of a link with this MTU. */
  public RouterDuty(int linkMtuBytes) {
    linkMtu(linkMtuBytes);
  }

  /** Largest packet that the link carries, in bytes. */
  public int linkMtu() {
    return linkMtuBytes;
  }

  /**
   * Changes the link's MTU.
   *
   * @param bytes at least 68; below 1280 it counts for IPv4 only, as no IPv6 host would believe it
   *     (RFC 8201 §4)
   */
  public void linkMtu(int bytes) {
    if (bytes < Ipv4Fragmenter.SMALLEST_MTU) {
      throw new IllegalArgumentException(
          "link MTU %d is below %d, which every IPv4 link carries"
              .formatted(bytes, Ipv4Fragmenter.SMALLEST_MTU));
    }
    linkMtuBytes = bytes;
  }

  /** All counters by name. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("passed", passed);
    counts.put("fragmented", fragmented);
    counts.put("answered", answered);
    counts.put("told_no_route", toldNoRoute);
    counts.put("dropped", dropped);
    return counts;
  }

  /** Frames that went on as they were. */
  public long passed() {
    return passed;
  }

  /** Frames that went on in fragments. */
  public long fragmented() {
    return fragmented;
  }

  /** Frames whose sender was told the MTU. */
  public long answered() {
    return answered;
  }

  /** Frames, or fragments of one, that did not go on, without an answer: no room, or too many. */
  public long dropped() {
    return dropped;
  }

  /**
   * Does the duty for each frame of {@code from}.
   *
   * @param onward receives what goes on over the link, unless all does
   * @param back receives answers to senders
   * @return true if every frame fits: then nothing was copied, and {@code from} itself goes on
   */
  public boolean apply(FrameBatch from, FrameBatch onward, FrameBatch back) {
    if (allFit(from)) {
      passed += from.count();
      return true;
    }
    this.onward = onward;
    for (int frame = 0; frame < from.bytes(); frame = from.next(frame)) {
      if (fits(from, frame)) {
        pass(from, frame, onward);
      } else if (mayCut(from, frame)) {
        cut(from, frame);
      } else {
        answer(from, frame, back);
      }
    }
    this.onward = null;
    return false;
  }

  /**
   * Tells the senders of TCP segments that there is no way now, so that they try again soon.
   *
   * @param first offset of the first frame of {@code from} that goes nowhere; all behind it too
   * @param back receives answers to senders
   */
  public void tellNoRoute(FrameBatch from, int first, FrameBatch back) {
    for (int frame = first; frame < from.bytes(); frame = from.next(frame)) {
      if (back.room() < LONGEST_ANSWER) {
        return;
      }
      int length =
          NoRoute.answer(
              from.buffer(),
              from.packetOffset(frame),
              from.packetLength(frame),
              back.buffer(),
              back.nextPacketOffset());
      if (length > 0 && answers.take()) {
        VirtioNetHeader.putPlain(back.buffer(), back.nextHeaderOffset());
        back.commit(length);
        toldNoRoute++;
      }
    }
  }

  private boolean allFit(FrameBatch from) {
    for (int frame = 0; frame < from.bytes(); frame = from.next(frame)) {
      if (!fits(from, frame)) {
        return false;
      }
    }
    return true;
  }

  private boolean fits(FrameBatch from, int frame) {
    int limit = limit(from, frame);
    return from.packetLength(frame) <= limit || longestSegment(from, frame) <= limit;
  }

  private int limit(FrameBatch from, int frame) {
    boolean v6 = from.buffer().get(from.packetOffset(frame)) >> 4 == 6;
    return v6 ? Math.max(linkMtuBytes, TunMtu.MINIMUM) : linkMtuBytes;
  }

  /** Bytes of the longest segment of a superpacket, or of the packet. */
  private static int longestSegment(FrameBatch from, int frame) {
    ByteBuffer buffer = from.buffer();
    int header = from.headerOffset(frame);
    int length = from.packetLength(frame);
    int transport = VirtioNetHeader.checksumStart(buffer, header);
    int type = VirtioNetHeader.gsoType(buffer, header);
    if (type == VirtioNetHeader.GSO_NONE || transport + Tcp.DATA_OFFSET >= length) {
      return length;
    }
    int words = buffer.get(from.packetOffset(frame) + transport + Tcp.DATA_OFFSET) >> 4 & 0xf;
    int transportHeader = type == VirtioNetHeader.GSO_UDP_L4 ? Udp.HEADER : words * 4;
    return transport + transportHeader + VirtioNetHeader.gsoSize(buffer, header);
  }

  private void pass(FrameBatch from, int frame, FrameBatch to) {
    if (to.room() >= from.packetLength(frame)) {
      to.append(from, frame);
      passed++;
    } else {
      dropped++;
    }
  }

  private static boolean mayCut(FrameBatch from, int frame) {
    int at = from.packetOffset(frame);
    return from.packetLength(frame) >= Ipv4.MIN_HEADER
        && from.buffer().get(at) >> 4 == 4
        && (from.buffer().getShort(at + Ipv4.FRAGMENT) & Ipv4.DF) == 0;
  }

  /** Splits a superpacket, and completes its checksums, before fragments hide where those are. */
  private void cut(FrameBatch from, int frame) {
    int length = from.packetLength(frame);
    from.buffer().get(from.packetOffset(frame), packet, 0, length);
    boolean done =
        IpCheck.check(packet, 0, length) == Verdict.PASS
            && splitter.split(packet, from, frame, toFragmenter);
    if (done) {
      fragmented++;
    } else {
      dropped++;
    }
  }

  /** The segments lie in {@link #packet}, and so in its view. */
  private void cut(byte[] segment, int at, int length) {
    fragmenter.fragment(packetView, at, length, linkMtuBytes, toOnward);
  }

  private void passOn(ByteBuffer fragment, int at, int length) {
    FrameBatch to = onward;
    if (to == null || to.room() < length) {
      dropped++;
      return;
    }
    VirtioNetHeader.putPlain(to.buffer(), to.nextHeaderOffset());
    to.buffer().put(to.nextPacketOffset(), fragment, at, length);
    to.commit(length);
  }

  private void answer(FrameBatch from, int frame, FrameBatch back) {
    int length = 0;
    if (back.room() >= LONGEST_ANSWER && answers.take()) {
      length =
          TooBig.answer(
              from.buffer(),
              from.packetOffset(frame),
              from.packetLength(frame),
              limit(from, frame),
              back.buffer(),
              back.nextPacketOffset());
    }
    if (length == 0) {
      dropped++;
      return;
    }
    VirtioNetHeader.putPlain(back.buffer(), back.nextHeaderOffset());
    back.commit(length);
    answered++;
  }
}
