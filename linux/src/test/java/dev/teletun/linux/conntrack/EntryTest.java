package dev.teletun.linux.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.netlink.Attributes;
import dev.teletun.linux.netlink.Kernel;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.Request;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryTest {
  private static final Tuple ORIGINAL = tuple("10.0.2.7", 40_000, "10.96.0.10", 53);
  private static final Tuple REPLY = tuple("127.0.0.1", 5353, "10.0.2.7", 40_000);

  @Test
  void readsAddressesPortsAndMark() throws Exception {
    assertThat(Entry.of(Kernel.says(entry())).flow())
        .isEqualTo(new Flow(Flow.UDP, ORIGINAL, REPLY, 0x54));
  }

  @Test
  void deletesByTheKernelsOwnTupleIdAndZone() throws Exception {
    Message deletion = Kernel.says(Entry.of(Kernel.says(entry())).delete());

    Attributes found = deletion.attributes(4);
    assertThat(deletion.type()).isEqualTo(0x102);
    assertThat(deletion.u8(0)).isEqualTo(2);
    assertThat(found.bytes(1)).contains(ByteBuffer.wrap(direction(ORIGINAL)));
    assertThat(found.bigEndianU32(12)).hasValue(99);
    assertThat(found.bigEndianU16(18)).hasValue(3);
  }

  @Test
  void readsAnEntryCutAnywhereOrRefusesIt() throws Exception {
    Message whole = Kernel.says(entry());

    int refused = Kernel.refusals(whole, m -> List.of(Entry.of(m)));

    assertThat(refused).isBetween(direction(ORIGINAL).length * 2, whole.body().limit() - 1);
  }

  private static Tuple tuple(String source, int from, String destination, int to) {
    return new Tuple(InetAddress.ofLiteral(source), from, InetAddress.ofLiteral(destination), to);
  }

  private static Request entry() {
    return Request.of("IPCTNL_MSG_CT_NEW", "", 0x100, 0)
        .u8(2, 0, 0, 0)
        .nested(1, direction(ORIGINAL))
        .nested(2, direction(REPLY))
        .attribute(8, new byte[] {0, 0, 0, 0x54})
        .attribute(12, new byte[] {0, 0, 0, 99})
        .attribute(18, new byte[] {0, 3});
  }

  /** CTA_TUPLE_IP and CTA_TUPLE_PROTO of UDP. */
  private static byte[] direction(Tuple tuple) {
    ByteBuffer bytes = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
    bytes.putShort((short) 20).putShort((short) 0x8001);
    bytes.putShort((short) 8).putShort((short) 1).put(tuple.source().getAddress());
    bytes.putShort((short) 8).putShort((short) 2).put(tuple.destination().getAddress());
    bytes.putShort((short) 28).putShort((short) 0x8002);
    bytes.putShort((short) 5).putShort((short) 1).put(new byte[] {17, 0, 0, 0});
    port(bytes, 2, tuple.sourcePort());
    port(bytes, 3, tuple.destinationPort());
    return bytes.array();
  }

  private static void port(ByteBuffer bytes, int type, int port) {
    bytes.putShort((short) 6).putShort((short) type);
    bytes.put((byte) (port >> 8)).put((byte) port).putShort((short) 0);
  }
}
