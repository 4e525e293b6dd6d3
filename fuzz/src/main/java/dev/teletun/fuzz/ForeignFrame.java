package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.offload.Splitter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A frame whose header and packet may say anything: what comes of it is whole, or nothing.
 *
 * <pre>
 *   1 byte flags, 1 byte GSO type, 2 bytes each: GSO size, checksum start, checksum offset; packet
 * </pre>
 */
final class ForeignFrame {
  private static final Splitter SPLITTER = new Splitter();

  private ForeignFrame() {}

  static void check(Input in) {
    int flags = in.u8();
    int type = in.u8();
    int size = in.u16();
    int start = in.u16();
    int offset = in.u16();
    byte[] packet = in.rest();
    if (packet.length == 0) {
      return;
    }
    List<byte[]> segments = new ArrayList<>();
    byte[] work = packet.clone();
    boolean split =
        SPLITTER.split(
            work,
            0,
            work.length,
            flags,
            type,
            size,
            start,
            offset,
            (bytes, at, length) -> segments.add(Arrays.copyOfRange(bytes, at, at + length)));
    if (!split) {
      require(segments.isEmpty(), "refused, and something came out");
      require(Arrays.equals(work, packet), "refused, and changed");
    } else if (type == VirtioNetHeader.GSO_NONE) {
      require(segments.size() == 1 && segments.getFirst().length == packet.length, "cut");
    } else {
      checkSegments(packet, size, start, segments);
    }
  }

  private static void checkSegments(byte[] packet, int size, int start, List<byte[]> segments) {
    boolean udp = segments.getFirst()[PacketModel.isV4(packet) ? 9 : 6] == PacketModel.UDP;
    int headers = start + (udp ? 8 : (packet[start + 12] >> 4 & 15) * 4);
    boolean extended = start != PacketModel.transport(packet);
    if (extended) {
      return; // behind extension headers: whole is all that the model can say
    }
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (byte[] segment : segments) {
      require(segment.length <= headers + size, "a segment of %d bytes", segment.length);
      require(PacketModel.isWellFormed(segment), "a malformed segment");
      require(PacketModel.transportSum(segment) == 0xffff, "a wrong checksum");
      payload.write(segment, headers, segment.length - headers);
    }
    require(
        Arrays.equals(payload.toByteArray(), Arrays.copyOfRange(packet, headers, packet.length)),
        "the segments carry something else");
    int expected = Math.max(1, Math.ceilDiv(packet.length - headers, size));
    require(segments.size() == expected, "%d segments, not %d", segments.size(), expected);
  }
}
