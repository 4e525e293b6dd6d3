package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.protocol.fragment.Ipv4Fragmenter;
import dev.teletun.protocol.icmp.TooBig;
import dev.teletun.protocol.mtu.MssClamp;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What is done to a well-formed packet on its way: clamped, answered, cut. */
final class Router {
  private static final int ANSWER = 1280;
  private static final Ipv4Fragmenter FRAGMENTER = new Ipv4Fragmenter();

  private Router() {}

  static void check(byte[] packet, int mtu) {
    clamp(packet, mtu);
    answer(packet, mtu);
    if (PacketModel.isV4(packet)
        && PacketModel.u16(packet, 6) % 0x2000 * 8 + packet.length < 65_536) {
      cut(packet, mtu);
    }
  }

  private static void clamp(byte[] packet, int mtu) {
    if (packet.length > MssClamp.LONGEST_SYN) {
      return;
    }
    byte[] clamped = packet.clone();
    boolean changed = MssClamp.apply(clamped, 0, clamped.length, mtu, false);
    require(changed != Arrays.equals(packet, clamped), "changed %s, and the bytes tell", changed);
    if (changed && PacketModel.protocol(packet) == PacketModel.TCP) {
      boolean was = PacketModel.transportSum(packet) == 0xffff;
      boolean is = PacketModel.transportSum(clamped) == 0xffff;
      require(was == is, "TCP checksum right %s before, %s after the clamp", was, is);
    }
    require(
        !MssClamp.apply(clamped, 0, clamped.length, mtu, false), "clamped twice, lower each time");
  }

  private static void answer(byte[] packet, int mtu) {
    ByteBuffer into = ByteBuffer.allocate(ANSWER);
    int length = TooBig.answer(ByteBuffer.wrap(packet), 0, packet.length, mtu, into, 0);
    require(length <= ANSWER, "an answer of %d bytes", length);
    if (length == 0) {
      return;
    }
    byte[] answer = Arrays.copyOf(into.array(), length);
    require(PacketModel.isWellFormed(answer), "a malformed answer");
    require(
        PacketModel.destination(answer).equals(PacketModel.source(packet)),
        "an answer to somebody else");
    int quote = PacketModel.transport(answer) + 8;
    require(
        Arrays.equals(answer, quote, length, packet, 0, length - quote),
        "an answer that quotes something else");
    byte[] again = new byte[ANSWER];
    require(
        TooBig.answer(ByteBuffer.wrap(answer), 0, length, mtu, ByteBuffer.wrap(again), 0) == 0,
        "an answer to an answer");
  }

  private static void cut(byte[] packet, int mtu) {
    byte[] whole = new byte[packet.length];
    int[] at = {PacketModel.headerV4(packet)};
    ByteBuffer view = ByteBuffer.wrap(packet.clone());
    FRAGMENTER.fragment(
        view,
        0,
        packet.length,
        mtu,
        (bytes, from, length) -> {
          byte[] part = new byte[length];
          bytes.get(from, part);
          require(length <= mtu, "a fragment of %d bytes for a link of %d", length, mtu);
          require(PacketModel.isWellFormed(part), "a malformed fragment");
          int header = PacketModel.headerV4(part);
          System.arraycopy(part, header, whole, at[0], length - header);
          at[0] += length - header;
          boolean more = (PacketModel.u16(part, 6) & 0x2000) != 0;
          boolean expected = at[0] < packet.length || (PacketModel.u16(packet, 6) & 0x2000) != 0;
          require(more == expected, "more fragments %s at %d", more, at[0]);
        });
    require(at[0] == packet.length, "%d of %d bytes left", at[0], packet.length);
    int header = PacketModel.headerV4(packet);
    require(
        Arrays.equals(packet, header, packet.length, whole, header, whole.length),
        "the fragments are another packet");
  }
}
