package dev.teletun.fuzz;

import java.util.Arrays;

/** The next packet of a TCP connection or of a UDP flow. */
final class Flow {
  private Flow() {}

  /** With {@code payload} bytes; none if the packet before has no whole headers. */
  static byte[] after(byte[] previous, int payload) {
    int headers = headers(previous);
    if (headers == 0) {
      return new byte[0];
    }
    byte[] next = Arrays.copyOf(previous, headers + payload);
    for (int i = headers; i < next.length; i++) {
      next[i] = (byte) (i + payload);
    }
    int transport = PacketModel.transport(previous);
    if (PacketModel.protocol(previous) == PacketModel.TCP) {
      int sequence = i32(previous, transport + 4) + previous.length - headers;
      PacketModel.put16(next, transport + 4, sequence >>> 16);
      PacketModel.put16(next, transport + 6, sequence);
    }
    if (PacketModel.isV4(next)) {
      PacketModel.put16(next, 4, PacketModel.u16(previous, 4) + 1);
    }
    PacketModel.repair(next);
    return next;
  }

  private static int headers(byte[] packet) {
    boolean known =
        (PacketModel.isV4(packet) && packet.length >= 20 && PacketModel.headerV4(packet) >= 20)
            || (PacketModel.version(packet) == 6 && packet.length >= 40);
    if (!known || !PacketModel.hasTransport(packet)) {
      return 0;
    }
    int transport = PacketModel.transport(packet);
    boolean udp = PacketModel.protocol(packet) == PacketModel.UDP;
    int header = udp ? 8 : Math.max(20, (packet[transport + 12] >> 4 & 15) * 4);
    return transport + header <= packet.length ? transport + header : 0;
  }

  static int i32(byte[] bytes, int at) {
    return PacketModel.u16(bytes, at) << 16 | PacketModel.u16(bytes, at + 2);
  }
}
