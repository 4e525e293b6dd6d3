package dev.teletun.e2e.peer;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** ICMP echo over IPv4 (RFC 792), as much as a host without a kernel needs. */
final class Ping {
  private static final int HEADER = 20;
  private static final int ICMP = 1;
  private static final int REQUEST = 8;
  private static final int REPLY = 0;
  private static final int IDENTIFIER = 0x7465;
  private static final int DATA = 1_000;

  private Ping() {}

  static byte[] request(InetAddress from, InetAddress to, int number) {
    ByteBuffer packet = ByteBuffer.allocate(HEADER + 8 + DATA);
    packet.putShort((short) 0x4500).putShort((short) packet.capacity()).putInt(0x4000);
    packet.put((byte) 64).put((byte) ICMP).putShort((short) 0);
    packet.put(from.getAddress()).put(to.getAddress());
    packet.put((byte) REQUEST).put((byte) 0).putShort((short) 0);
    packet.putShort((short) IDENTIFIER).putShort((short) number);
    packet.putShort(10, sum(packet, 0, HEADER));
    packet.putShort(HEADER + 2, sum(packet, HEADER, packet.capacity()));
    return packet.array();
  }

  static boolean isRequest(byte[] packet) {
    return isEcho(packet, REQUEST);
  }

  /** True for the answer to one of our requests; its number is {@link #number}. */
  static boolean isReply(byte[] packet) {
    return isEcho(packet, REPLY)
        && ByteBuffer.wrap(packet).getShort(HEADER + 4) == (short) IDENTIFIER;
  }

  private static boolean isEcho(byte[] packet, int type) {
    return packet.length >= HEADER + 8
        && packet[0] == 0x45
        && packet[9] == ICMP
        && packet[HEADER] == type;
  }

  static int number(byte[] packet) {
    return ByteBuffer.wrap(packet).getShort(HEADER + 6);
  }

  /** The answer to a request, which goes back to its sender. */
  static byte[] answer(byte[] request) {
    byte[] answer = Arrays.copyOf(request, request.length);
    System.arraycopy(request, 12, answer, 16, 4);
    System.arraycopy(request, 16, answer, 12, 4);
    ByteBuffer packet = ByteBuffer.wrap(answer);
    packet.put(HEADER, (byte) REPLY).putShort(HEADER + 2, (short) 0);
    packet.putShort(HEADER + 2, sum(packet, HEADER, answer.length));
    return answer;
  }

  private static short sum(ByteBuffer packet, int from, int to) {
    int sum = 0;
    for (int at = from; at < to; at++) {
      int value = packet.get(at) & 0xFF;
      sum += (at - from) % 2 == 0 ? value << 8 : value;
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (short) ~((sum & 0xFFFF) + (sum >> 16));
  }
}
