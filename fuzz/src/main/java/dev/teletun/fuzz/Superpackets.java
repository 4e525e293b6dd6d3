package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.offload.Coalescer;
import dev.teletun.protocol.offload.Splitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Packets merged to superpackets and split again are the same packets; a superpacket that somebody
 * else made is split into packets that are whole, or refused untouched.
 *
 * <pre>
 *   byte 0     bit 0: merge UDP; bit 1: one frame from outside, see {@link ForeignFrame}
 *   packets    1 byte of {@link #next how}, then its bytes
 * </pre>
 */
public final class Superpackets {
  private static final int MOST_PACKETS = 200;

  private static final FrameBatch BATCH = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private static final byte[] SCRATCH = new byte[FrameBatch.LARGEST_PACKET];
  private static final Coalescer TCP_ONLY = new Coalescer(false);
  private static final Coalescer BOTH = new Coalescer(true);
  private static final Splitter SPLITTER = new Splitter();

  private Superpackets() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    Input in = new Input(data);
    int mode = in.u8();
    if ((mode & 2) != 0) {
      ForeignFrame.check(in);
    } else {
      mergeAndSplit(packets(in), (mode & 1) != 0 ? BOTH : TCP_ONLY);
    }
  }

  private static List<byte[]> packets(Input in) {
    List<byte[]> packets = new ArrayList<>();
    byte[] previous = {0};
    int room = 4 * FrameBatch.LARGEST_PACKET;
    while (!in.isEmpty() && packets.size() < MOST_PACKETS && room > 0) {
      byte[] packet = next(in, previous);
      if (packet.length > 0) {
        packets.add(packet);
        previous = packet;
        room -= packet.length;
      }
    }
    return packets;
  }

  /**
   * Bits 0 and 1: bytes as they are; the same with lengths and checksums made right; what follows
   * the packet before in its flow; the same with one byte changed.
   */
  private static byte[] next(Input in, byte[] previous) {
    int how = in.u8();
    byte[] packet = (how & 2) == 0 ? in.piece() : Flow.after(previous, in.u16() % 1500);
    if ((how & 3) == 3 && packet.length > 0) {
      packet[in.u8() % packet.length] ^= (byte) in.u8();
    }
    if ((how & 1) != 0) {
      PacketModel.repair(packet);
    }
    return packet;
  }

  private static void mergeAndSplit(List<byte[]> packets, Coalescer coalescer) {
    List<byte[]> again = new ArrayList<>();
    BATCH.clear();
    coalescer.begin(BATCH);
    for (byte[] packet : packets) {
      if (!coalescer.add(packet, 0, packet.length)) {
        coalescer.finish();
        split(again);
        coalescer.begin(BATCH);
        require(coalescer.add(packet, 0, packet.length), "no room in an empty batch");
      }
    }
    coalescer.finish();
    split(again);
    require(again.size() == packets.size(), "%d packets became %d", packets.size(), again.size());
    for (int i = 0; i < packets.size(); i++) {
      require(isSame(packets.get(i), again.get(i)), "packet %d came back as another", i);
    }
  }

  private static void split(List<byte[]> into) {
    for (int frame = 0; frame < BATCH.bytes(); frame = BATCH.next(frame)) {
      int length = BATCH.packetLength(frame);
      BATCH.buffer().get(BATCH.packetOffset(frame), SCRATCH, 0, length);
      boolean whole =
          SPLITTER.split(
              SCRATCH,
              BATCH,
              frame,
              (bytes, at, size) -> into.add(Arrays.copyOfRange(bytes, at, at + size)));
      require(whole, "what was merged here contradicts itself");
    }
    BATCH.clear();
  }

  /**
   * The same but for what may differ: an ID that says nothing (RFC 6864 §4), and the two ways to
   * write a checksum of zero.
   */
  private static boolean isSame(byte[] sent, byte[] got) {
    if (Arrays.equals(sent, got)) {
      return true;
    }
    if (sent.length != got.length
        || !PacketModel.isWellFormed(got)
        || !PacketModel.hasTransport(got)
        || PacketModel.transportSum(got) != 0xffff) {
      return false;
    }
    byte[] expected = sent.clone();
    copy16(got, expected, PacketModel.checksumField(got));
    if (PacketModel.isV4(got)) {
      copy16(got, expected, 10);
      if ((got[6] & 0x40) != 0) {
        copy16(got, expected, 4);
      }
    }
    return Arrays.equals(expected, got)
        && PacketModel.isWellFormed(sent)
        && PacketModel.transportSum(sent) == 0xffff;
  }

  private static void copy16(byte[] from, byte[] to, int at) {
    to[at] = from[at];
    to[at + 1] = from[at + 1];
  }
}
