package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.Verdict;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * One inner packet against the checks and filters of both directions: they agree with {@link
 * PacketModel} and with themselves over a buffer, look at nothing outside and change nothing. A
 * packet that is well-formed is then clamped, answered and cut, see {@link Router}.
 *
 * <pre>
 *   byte 0   bits 0 to 2: bytes in front of the packet; bit 3: lengths and checksums are made right
 *   byte 1   link MTU
 *   packet
 * </pre>
 */
public final class Packets {
  static final InetAddress P4 = InetAddress.ofLiteral("10.0.2.7");
  static final InetAddress P6 = InetAddress.ofLiteral("fd00::7");
  static final List<InetAddress> P = List.of(P4, P6);
  private static final InetAddress NODE_CACHE = InetAddress.ofLiteral("169.254.20.10");
  private static final InnerFilter FILTER = new InnerFilter(P, Set.of(NODE_CACHE));

  private Packets() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    Input in = new Input(data);
    int shape = in.u8();
    int mtu = 68 + 8 * in.u8();
    byte[] packet = in.rest();
    if ((shape & 8) != 0) {
      PacketModel.repair(packet);
    }
    int at = shape & 7;
    byte[] bytes = new byte[at + packet.length];
    Arrays.fill(bytes, (byte) 0x45);
    System.arraycopy(packet, 0, bytes, at, packet.length);
    byte[] before = bytes.clone();
    checkForm(packet, bytes, at);
    checkOutbound(packet, bytes, at);
    checkInbound(packet, bytes, at);
    require(Arrays.equals(bytes, before), "a check changed the packet");
    if (PacketModel.isWellFormed(packet)) {
      Router.check(packet, mtu);
    }
  }

  private static void checkForm(byte[] packet, byte[] bytes, int at) {
    Verdict form = IpCheck.check(bytes, at, packet.length);
    boolean right = PacketModel.isWellFormed(packet);
    require((form == Verdict.PASS) == right, "well-formed %s, and found %s", right, form);
    Verdict same = IpCheck.check(ByteBuffer.wrap(bytes), at, packet.length);
    require(form == same, "%s in an array, %s in a buffer", form, same);
  }

  private static void checkOutbound(byte[] packet, byte[] bytes, int at) {
    Verdict verdict = FILTER.outbound(bytes, at, packet.length);
    Verdict same = FILTER.outbound(ByteBuffer.wrap(bytes), at, packet.length);
    require(verdict == same, "outbound %s in an array, %s in a buffer", verdict, same);
    boolean own = PacketModel.isWellFormed(packet) && P.contains(PacketModel.source(packet));
    if (verdict == Verdict.PASS) {
      require(own, "not from P, and passed");
      boolean harmless =
          !AddressModel.isForbidden(PacketModel.destination(packet)) || isQuery(packet);
      require(harmless, "to %s, and passed", PacketModel.destination(packet));
      require(!AddressModel.namesFurtherStops(packet), "with a source route, and passed");
    } else if (own && AddressModel.isPlain(packet)) {
      InetAddress to = PacketModel.destination(packet);
      require(AddressModel.isForbidden(to), "to %s, and %s", to, verdict);
    }
  }

  private static boolean isQuery(byte[] packet) {
    return PacketModel.destination(packet).equals(NODE_CACHE)
        && packet.length >= PacketModel.transport(packet) + 8
        && (PacketModel.protocol(packet) == PacketModel.UDP
            || PacketModel.protocol(packet) == PacketModel.TCP)
        && PacketModel.u16(packet, PacketModel.transport(packet) + 2) == 53;
  }

  private static void checkInbound(byte[] packet, byte[] bytes, int at) {
    Verdict verdict = FILTER.inbound(bytes, at, packet.length);
    Verdict same = FILTER.inbound(ByteBuffer.wrap(bytes), at, packet.length);
    require(verdict == same, "inbound %s in an array, %s in a buffer", verdict, same);
    boolean toPod = PacketModel.isWellFormed(packet) && P.contains(PacketModel.destination(packet));
    boolean fromSomebody = toPod && AddressModel.canBeSource(PacketModel.source(packet));
    require(
        (verdict == Verdict.PASS) == (fromSomebody && !P.contains(PacketModel.source(packet))),
        "inbound %s: for P %s, from somebody else %s",
        verdict,
        toPod,
        fromSomebody);
  }
}
