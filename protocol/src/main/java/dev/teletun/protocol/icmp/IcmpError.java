package dev.teletun.protocol.icmp;

import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.Protocol;
import java.nio.ByteBuffer;

/**
 * An ICMP (RFC 792) or ICMPv6 (RFC 4443) error about a packet.
 *
 * <p>Its source is the offending packet's destination, as if that host had answered itself: in the
 * pod that is P, and the packet filters of cluster networks drop every other source there.
 *
 * @param type of ICMP
 * @param code of ICMP
 * @param typeV6 of ICMPv6
 * @param codeV6 of ICMPv6
 */
record IcmpError(byte type, byte code, byte typeV6, byte codeV6) {
  private static final int HEADER = 8; // ICMP and ICMPv6
  private static final int LONGEST_V4 = 576; // RFC 1812 §4.3.2.3
  private static final int LONGEST_V6 = 1280; // RFC 4443 §2.4 (c)
  private static final byte TTL = 64;
  private static final byte INTERNETWORK_CONTROL = (byte) 0xc0; // RFC 1812 §4.3.2.5
  private static final byte UNREACHABLE = 3;

  /**
   * Builds the error.
   *
   * @param offending well-formed, with the values in big endian order
   * @param word the second of the error's header
   * @param into has 1280 bytes of room at {@code at}
   * @return length of the error, or 0 if none may be sent: to an ICMP error, a later fragment, a
   *     multicast packet, or a source that is no single host
   */
  int about(ByteBuffer offending, int packetAt, int length, int word, ByteBuffer into, int at) {
    return switch (length < 1 ? 0 : offending.get(packetAt) >> 4) {
      case 4 ->
          mayAnswerV4(offending, packetAt, length)
              ? aboutV4(offending, packetAt, length, word, into, at)
              : 0;
      case 6 ->
          mayAnswerV6(offending, packetAt, length)
              ? aboutV6(offending, packetAt, length, word, into, at)
              : 0;
      default -> 0;
    };
  }

  private int aboutV4(
      ByteBuffer offending, int packetAt, int length, int word, ByteBuffer into, int at) {
    int quoted = Math.min(length, LONGEST_V4 - Ipv4.MIN_HEADER - HEADER);
    int total = Ipv4.MIN_HEADER + HEADER + quoted;
    into.put(at, (byte) 0x45).put(at + Ipv4.TOS, INTERNETWORK_CONTROL);
    into.putShort(at + Ipv4.TOTAL_LENGTH, (short) total);
    into.putShort(at + Ipv4.ID, (short) 0).putShort(at + Ipv4.FRAGMENT, (short) Ipv4.DF);
    into.put(at + Ipv4.TTL, TTL).put(at + Ipv4.PROTOCOL, (byte) Protocol.ICMP);
    into.putInt(at + Ipv4.SOURCE, offending.getInt(packetAt + Ipv4.DESTINATION));
    into.putInt(at + Ipv4.DESTINATION, offending.getInt(packetAt + Ipv4.SOURCE));
    Ipv4.putChecksum(into, at);
    int icmp = at + Ipv4.MIN_HEADER;
    into.put(icmp, type).put(icmp + 1, code);
    into.putShort(icmp + 2, (short) 0).putInt(icmp + 4, word);
    into.put(icmp + HEADER, offending, packetAt, quoted);
    putChecksum(into, icmp, HEADER + quoted, 0);
    return total;
  }

  private int aboutV6(
      ByteBuffer offending, int packetAt, int length, int word, ByteBuffer into, int at) {
    int quoted = Math.min(length, LONGEST_V6 - Ipv6.HEADER - HEADER);
    int size = HEADER + quoted;
    into.putInt(at, 6 << 28).putShort(at + Ipv6.PAYLOAD_LENGTH, (short) size);
    into.put(at + Ipv6.NEXT_HEADER, (byte) Protocol.ICMPV6).put(at + Ipv6.HOP_LIMIT, TTL);
    into.put(at + Ipv6.SOURCE, offending, packetAt + Ipv6.DESTINATION, 16);
    into.put(at + Ipv6.DESTINATION, offending, packetAt + Ipv6.SOURCE, 16);
    int icmp = at + Ipv6.HEADER;
    into.put(icmp, typeV6).put(icmp + 1, codeV6);
    into.putShort(icmp + 2, (short) 0).putInt(icmp + 4, word);
    into.put(icmp + HEADER, offending, packetAt, quoted);
    putChecksum(into, icmp, size, Checksum.sum(into, at + Ipv6.SOURCE, 32, Protocol.ICMPV6 + size));
    return Ipv6.HEADER + size;
  }

  private static void putChecksum(ByteBuffer into, int icmp, int size, int initial) {
    into.putShort(icmp + 2, (short) Checksum.complement(Checksum.sum(into, icmp, size, initial)));
  }

  /** RFC 1122 §3.2.2, RFC 1812 §4.3.2.7. */
  private static boolean mayAnswerV4(ByteBuffer packet, int at, int length) {
    if (length < Ipv4.MIN_HEADER || Ipv4.headerLength(packet, at) > length) {
      return false;
    }
    boolean laterFragment = (packet.getShort(at + Ipv4.FRAGMENT) & Ipv4.OFFSET_MASK) != 0;
    return !laterFragment
        && isHostV4(packet.getInt(at + Ipv4.SOURCE))
        && isHostV4(packet.getInt(at + Ipv4.DESTINATION))
        && !isErrorV4(packet, at, length);
  }

  private static boolean isHostV4(int address) {
    int first = address >>> 24;
    return first != 0 && first != 127 && first < 224;
  }

  private static boolean isErrorV4(ByteBuffer packet, int at, int length) {
    int header = Ipv4.headerLength(packet, at);
    if (packet.get(at + Ipv4.PROTOCOL) != Protocol.ICMP) {
      return false;
    }
    int found = header < length ? packet.get(at + header) : UNREACHABLE;
    return switch (found) {
      case UNREACHABLE, 4, 5, 11, 12 -> true; // source quench, redirect, time, parameter
      default -> false;
    };
  }

  /** RFC 4443 §2.4 (e), and no answer to a later fragment, whose kind cannot be known. */
  private static boolean mayAnswerV6(ByteBuffer packet, int at, int length) {
    if (length < Ipv6.HEADER
        || !isHostV6(packet, at + Ipv6.SOURCE)
        || !isHostV6(packet, at + Ipv6.DESTINATION)) {
      return false;
    }
    int payload = Ipv6.payloadOffset(packet, at, length);
    if (payload < 0) {
      return false;
    }
    return switch (Ipv6.payloadProtocol(packet, at, payload)) {
      case Protocol.FRAGMENT -> isFirstFragmentOfNoError(packet, at + payload, at + length);
      case Protocol.ICMPV6 -> !isErrorV6(packet, at + payload, at + length);
      default -> true;
    };
  }

  private static boolean isHostV6(ByteBuffer packet, int at) {
    boolean multicast = packet.get(at) == (byte) 0xff;
    boolean unspecifiedOrLoopback = packet.getLong(at) == 0 && (packet.getLong(at + 8) & ~1L) == 0;
    return !multicast && !unspecifiedOrLoopback;
  }

  private static boolean isFirstFragmentOfNoError(ByteBuffer packet, int fragment, int end) {
    if (fragment + 8 > end || (packet.getShort(fragment + 2) & 0xfff8) != 0) { // RFC 8200 §4.5
      return false;
    }
    return packet.get(fragment) != Protocol.ICMPV6 || !isErrorV6(packet, fragment + 8, end);
  }

  /** Error messages have types below 128; a redirect (137) counts as one. */
  private static boolean isErrorV6(ByteBuffer packet, int icmp, int end) {
    return icmp >= end || packet.get(icmp) >= 0 || packet.get(icmp) == (byte) 137;
  }
}
