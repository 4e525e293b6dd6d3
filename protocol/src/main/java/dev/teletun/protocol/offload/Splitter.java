package dev.teletun.protocol.offload;

import static dev.teletun.protocol.packet.NetworkOrder.i32;
import static dev.teletun.protocol.packet.NetworkOrder.put16;
import static dev.teletun.protocol.packet.NetworkOrder.put32;
import static dev.teletun.protocol.packet.NetworkOrder.u16;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;
import java.nio.ByteBuffer;

/**
 * Makes packets that may travel alone out of what a TUN device with offloads hands over: splits
 * superpackets into segments and completes checksums.
 *
 * <p>It works in place. A segment's headers are written right before its payload, over the end of
 * the segment before, which its receiver is done with by then.
 *
 * <p>Not thread-safe; reusable; no allocation per call.
 */
public final class Splitter {
  private final SuperpacketLayout layout = new SuperpacketLayout();

  // The superpacket's headers, which the second segment's may overwrite.
  private final byte[] headers = new byte[SuperpacketLayout.LONGEST_HEADERS];

  // Sum of the pseudo header without its length.
  private int pseudoHeader;

  /**
   * Emits the packets of one frame of {@code batch}, whose packet the caller has copied to the
   * beginning of {@code packet}. Otherwise as the other.
   */
  public boolean split(byte[] packet, FrameBatch batch, int frame, SegmentSink sink) {
    ByteBuffer buffer = batch.buffer();
    int header = batch.headerOffset(frame);
    return split(
        packet,
        0,
        batch.packetLength(frame),
        VirtioNetHeader.flags(buffer, header),
        VirtioNetHeader.gsoType(buffer, header),
        VirtioNetHeader.gsoSize(buffer, header),
        VirtioNetHeader.checksumStart(buffer, header),
        VirtioNetHeader.checksumOffset(buffer, header),
        sink);
  }

  /**
   * Emits the packets of one frame. The bytes of the frame are lost.
   *
   * @param flags and all after it: the values of the frame's {@link VirtioNetHeader}
   * @return false if header and packet contradict each other; then nothing was emitted or changed
   */
  public boolean split(
      byte[] bytes,
      int at,
      int length,
      int flags,
      int gsoType,
      int gsoSize,
      int csumStart,
      int csumOffset,
      SegmentSink sink) {
    boolean partial = (flags & VirtioNetHeader.F_NEEDS_CSUM) != 0;
    if (gsoType == VirtioNetHeader.GSO_NONE) {
      if (partial && !completeChecksum(bytes, at, length, csumStart, csumOffset)) {
        return false;
      }
      sink.segment(bytes, at, length);
      return true;
    }
    if (!partial || !layout.read(bytes, at, length, gsoType, gsoSize, csumStart, csumOffset)) {
      return false;
    }
    splitSegments(bytes, at, length, gsoSize, sink);
    return true;
  }

  private static boolean completeChecksum(
      byte[] bytes, int at, int length, int csumStart, int csumOffset) {
    if (csumStart < Ipv4.MIN_HEADER || csumStart + csumOffset + 2 > length) {
      return false;
    }
    int sum = Checksum.sum(bytes, at + csumStart, length - csumStart, 0);
    put16(bytes, at + csumStart + csumOffset, Checksum.nonZeroComplement(sum));
    return true;
  }

  private void splitSegments(byte[] bytes, int at, int length, int gsoSize, SegmentSink sink) {
    System.arraycopy(bytes, at, headers, 0, layout.headers);
    pseudoHeader = Checksum.pseudoHeader(headers, 0, layout.protocol, 0);
    int payload = length - layout.headers;
    int done = 0;
    int index = 0;
    do {
      int size = Math.min(gsoSize, payload - done);
      int segment = at + done;
      System.arraycopy(headers, 0, bytes, segment, layout.headers);
      putIp(bytes, segment, layout.headers + size, index);
      if (layout.protocol == Protocol.TCP) {
        putTcp(bytes, segment + layout.transport, done, index == 0, done + size == payload);
      }
      putTransportLengthAndChecksum(bytes, segment, layout.headers + size);
      sink.segment(bytes, segment, layout.headers + size);
      done += size;
      index++;
    } while (done < payload);
  }

  private void putIp(byte[] bytes, int ip, int length, int index) {
    if (layout.v4) {
      put16(bytes, ip + Ipv4.TOTAL_LENGTH, length);
      put16(bytes, ip + Ipv4.ID, u16(headers, Ipv4.ID) + index);
      Ipv4.putChecksum(bytes, ip);
    } else {
      put16(bytes, ip + Ipv6.PAYLOAD_LENGTH, length - Ipv6.HEADER);
    }
  }

  private void putTcp(byte[] bytes, int tcp, int payloadBefore, boolean first, boolean last) {
    put32(bytes, tcp + Tcp.SEQUENCE, i32(headers, layout.transport + Tcp.SEQUENCE) + payloadBefore);
    int cleared = (first ? 0 : Tcp.CWR) | (last ? 0 : Tcp.FIN | Tcp.PSH);
    bytes[tcp + Tcp.FLAGS] = (byte) (headers[layout.transport + Tcp.FLAGS] & ~cleared);
  }

  private void putTransportLengthAndChecksum(byte[] bytes, int ip, int length) {
    int at = ip + layout.transport;
    int size = length - layout.transport;
    boolean udp = layout.protocol == Protocol.UDP;
    if (udp) {
      put16(bytes, at + Udp.LENGTH, size);
    }
    int field = at + (udp ? Udp.CHECKSUM : Tcp.CHECKSUM);
    put16(bytes, field, 0);
    put16(
        bytes,
        field,
        Checksum.nonZeroComplement(Checksum.sum(bytes, at, size, pseudoHeader + size)));
  }
}
