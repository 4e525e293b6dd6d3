package dev.teletun.fuzz;

import java.net.InetAddress;
import java.util.Arrays;

/** Who may be reached and who may send, as {@link PacketModel} the slow and simple way. */
final class AddressModel {
  private static final byte[] NAT64 = InetAddress.ofLiteral("64:ff9b::").getAddress();
  private static final InetAddress EC2 = InetAddress.ofLiteral("fd00:ec2::254");
  private static final InetAddress GCE = InetAddress.ofLiteral("fd20:ce::254");

  private AddressModel() {}

  /** A client may not send there; {@code address} as {@link PacketModel} makes it. */
  static boolean isForbidden(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return bytes[0] == 0
          || address.isLoopbackAddress()
          || address.isMulticastAddress()
          || address.isLinkLocalAddress()
          || Arrays.equals(bytes, new byte[] {-1, -1, -1, -1});
    }
    if (Arrays.equals(bytes, 0, 12, NAT64, 0, 12)) {
      return isForbidden(PacketModel.address(bytes, 12, 4));
    }
    return isV4InDisguise(bytes)
        || address.isMulticastAddress()
        || address.isLinkLocalAddress()
        || address.equals(EC2)
        || address.equals(GCE);
  }

  private static boolean isV4InDisguise(byte[] v6) {
    return Arrays.equals(v6, 0, 10, new byte[10], 0, 10)
        && (v6[10] & v6[11]) == (v6[10] | v6[11])
        && (v6[10] == 0 || v6[10] == -1);
  }

  /** A packet to the client may come from there. */
  static boolean canBeSource(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16) {
      return !address.isMulticastAddress() && !isV4InDisguise(bytes);
    }
    return address.isLinkLocalAddress() || !isForbidden(address);
  }

  /** Without options or extension headers. */
  static boolean isPlain(byte[] packet) {
    return PacketModel.isV4(packet)
        ? packet[0] == 0x45
        : packet[6] == PacketModel.TCP || packet[6] == PacketModel.UDP;
  }

  /** An IPv4 source route, or an IPv6 routing header right behind the IP header, not used up. */
  static boolean namesFurtherStops(byte[] packet) {
    if (!PacketModel.isV4(packet)) {
      return packet[6] == 43 && (packet.length < 44 || packet[43] != 0);
    }
    int at = 20;
    while (at < PacketModel.headerV4(packet) && packet[at] != 0) {
      int type = packet[at] & 0xff;
      if (type == 131 || type == 137) {
        return true;
      }
      at += type == 1 ? 1 : Math.max(1, packet[at + 1] & 0xff);
    }
    return false;
  }
}
