package dev.teletun.tunnel.end;

import dev.teletun.protocol.packet.Checksum;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** IPv4 packets with a UDP datagram inside. */
final class UdpPacket {
  private UdpPacket() {}

  static byte[] of(String source, String destination, String payload) {
    byte[] text = payload.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer packet = ByteBuffer.allocate(28 + text.length);
    packet.putShort((short) 0x4500).putShort((short) packet.capacity()).putInt(0);
    packet.put((byte) 64).put((byte) 17).putShort((short) 0);
    packet.put(InetAddress.ofLiteral(source).getAddress());
    packet.put(InetAddress.ofLiteral(destination).getAddress());
    packet.putShort(10, (short) Checksum.nonZeroComplement(Checksum.sum(packet.array(), 0, 20, 0)));
    packet.putShort((short) 4000).putShort((short) 5000);
    packet.putShort((short) (8 + text.length)).putShort((short) 0).put(text); // no checksum
    return packet.array();
  }
}
