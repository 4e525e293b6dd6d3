package dev.teletun.protocol.mtu;

import static dev.teletun.protocol.packet.NetworkOrder.put16;
import static dev.teletun.protocol.packet.NetworkOrder.u16;

import dev.teletun.protocol.packet.Checksum;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;

/**
 * Lowers the maximum segment size that a TCP SYN announces to what the tunnel carries whole (RFC
 * 9293 §3.7.1), so that a connection through it need not find out by lost segments.
 */
public final class MssClamp {
  /** Bytes of the longest packet worth looking at: IPv6 and TCP with all options, no data. */
  public static final int LONGEST_SYN = 40 + 60;

  private static final int END_OF_OPTIONS = 0;
  private static final int NO_OPERATION = 1;
  private static final int MAXIMUM_SEGMENT_SIZE = 2;
  private static final int MAXIMUM_SEGMENT_SIZE_LENGTH = 4;

  // RFC 879 §3: every host takes segments of 536 bytes; less is nobody's intention.
  private static final int SMALLEST = 536;

  private MssClamp() {}

  /**
   * Changes the packet in place if it is a SYN that announces too much.
   *
   * @param tunnelMtu bytes of the largest inner packet
   * @param checksumLater true if the checksum field holds only the pseudo header's sum so far
   * @return true if it was changed
   */
  public static boolean apply(
      byte[] bytes, int at, int length, int tunnelMtu, boolean checksumLater) {
    int tcp = tcpHeader(bytes, at, length);
    if (tcp < 0 || (bytes[tcp + Tcp.FLAGS] & Tcp.SYN) == 0) {
      return false;
    }
    int end = Math.min(tcp + Tcp.headerLength(bytes, tcp), at + length);
    int option = mss(bytes, tcp + Tcp.MIN_HEADER, end);
    int most = Math.max(SMALLEST, tunnelMtu - (tcp - at) - Tcp.MIN_HEADER);
    if (option < 0 || u16(bytes, option + 2) <= most) {
      return false;
    }
    if (!checksumLater) {
      // RFC 1624 §3: the field's complement loses the old word and gains the new one.
      int sum = Checksum.complement(u16(bytes, tcp + Tcp.CHECKSUM));
      sum = add(sum, Checksum.complement(swapIfOdd(u16(bytes, option + 2), option - tcp)));
      sum = add(sum, swapIfOdd(most, option - tcp));
      put16(bytes, tcp + Tcp.CHECKSUM, Checksum.complement(sum));
    }
    put16(bytes, option + 2, most);
    return true;
  }

  /** Where the TCP header lies; -1 if this is no first fragment of a TCP packet. */
  private static int tcpHeader(byte[] bytes, int at, int length) {
    int tcp;
    if ((bytes[at] & 0xf0) == 0x40) {
      tcp = at + (bytes[at] & 0xf) * 4;
      if (bytes[at + Ipv4.PROTOCOL] != Protocol.TCP
          || (u16(bytes, at + Ipv4.FRAGMENT) & Ipv4.OFFSET_MASK) != 0) {
        return -1;
      }
    } else {
      tcp = at + Ipv6.HEADER;
      if (length < Ipv6.HEADER || bytes[at + Ipv6.NEXT_HEADER] != Protocol.TCP) {
        return -1;
      }
    }
    return tcp + Tcp.MIN_HEADER <= at + length ? tcp : -1;
  }

  private static int mss(byte[] bytes, int from, int end) {
    int option = from;
    while (option + 1 < end && bytes[option] != END_OF_OPTIONS) {
      if (bytes[option] == NO_OPERATION) {
        option++;
        continue;
      }
      int size = bytes[option + 1] & 0xff;
      if (bytes[option] == MAXIMUM_SEGMENT_SIZE) {
        return size == MAXIMUM_SEGMENT_SIZE_LENGTH && option + size <= end ? option : -1;
      }
      option += Math.max(size, 2);
    }
    return -1;
  }

  /** Options need no alignment: at an odd place the value's bytes count the other way round. */
  private static int swapIfOdd(int value, int offset) {
    return offset % 2 == 0 ? value : (value & 0xff) << 8 | value >> 8;
  }

  private static int add(int sum, int word) {
    int wide = sum + word;
    return (wide & 0xffff) + (wide >> 16);
  }
}
