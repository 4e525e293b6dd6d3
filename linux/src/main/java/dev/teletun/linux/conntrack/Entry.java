package dev.teletun.linux.conntrack;

import dev.teletun.linux.netlink.Attributes;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.Request;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A flow with what deletes it and no other (include/uapi/linux/netfilter/nfnetlink_conntrack.h).
 */
final class Entry {
  private static final int SUBSYSTEM = 1 << 8; // NFNL_SUBSYS_CTNETLINK
  static final int IPCTNL_MSG_CT_NEW = SUBSYSTEM;
  private static final int IPCTNL_MSG_CT_GET = SUBSYSTEM | 1;
  private static final int IPCTNL_MSG_CT_DELETE = SUBSYSTEM | 2;

  private static final int CTA_TUPLE_ORIG = 1;
  private static final int CTA_TUPLE_REPLY = 2;
  private static final int CTA_MARK = 8;
  private static final int CTA_ID = 12;
  private static final int CTA_ZONE = 18;
  private static final int CTA_TUPLE_IP = 1;
  private static final int CTA_TUPLE_PROTO = 2;
  private static final int CTA_IP_V4_SRC = 1;
  private static final int CTA_IP_V6_SRC = 3;
  private static final int CTA_PROTO_NUM = 1;
  private static final int CTA_PROTO_SRC_PORT = 2;
  private static final int CTA_PROTO_DST_PORT = 3;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  /** Bytes of {@code struct nfgenmsg}. */
  private static final int HEADER_BYTES = 4;

  private final Flow flow;
  private final byte[] tuple;
  private final byte @Nullable [] id;
  private final byte @Nullable [] zone;

  private Entry(Flow flow, Attributes found) throws MalformedMessageException {
    this.flow = flow;
    this.tuple = copy(found, CTA_TUPLE_ORIG).orElseThrow(() -> lacks("CTA_TUPLE_ORIG"));
    this.id = copy(found, CTA_ID).orElse(null);
    this.zone = copy(found, CTA_ZONE).orElse(null);
  }

  /** Asks for the entries of both families. */
  static Request dump() {
    return Request.of("IPCTNL_MSG_CT_GET", "dump", IPCTNL_MSG_CT_GET, 0).u8(0, 0, 0, 0);
  }

  static Entry of(Message message) throws MalformedMessageException {
    Attributes found = message.attributes(HEADER_BYTES);
    Attributes original = found.nested(CTA_TUPLE_ORIG);
    int protocol =
        original
            .nested(CTA_TUPLE_PROTO)
            .u8(CTA_PROTO_NUM)
            .orElseThrow(() -> lacks("CTA_PROTO_NUM"));
    Flow flow =
        new Flow(
            protocol,
            tuple(original),
            tuple(found.nested(CTA_TUPLE_REPLY)),
            found.bigEndianU32(CTA_MARK).orElse(0));
    return new Entry(flow, found);
  }

  Flow flow() {
    return flow;
  }

  /**
   * Deletes this very entry: the id tells it from a later one with the same addresses and ports.
   */
  Request delete() {
    Request request =
        Request.of("IPCTNL_MSG_CT_DELETE", flow, IPCTNL_MSG_CT_DELETE, 0)
            .u8(flow.isIpv6() ? AF_INET6 : AF_INET, 0, 0, 0)
            .nested(CTA_TUPLE_ORIG, tuple);
    if (id != null) {
      request.attribute(CTA_ID, id);
    }
    return zone == null ? request : request.attribute(CTA_ZONE, zone);
  }

  private static Tuple tuple(Attributes direction) throws MalformedMessageException {
    Attributes ip = direction.nested(CTA_TUPLE_IP);
    Attributes ports = direction.nested(CTA_TUPLE_PROTO);
    int source = ip.bytes(CTA_IP_V4_SRC).isPresent() ? CTA_IP_V4_SRC : CTA_IP_V6_SRC;
    return new Tuple(
        address(ip, source),
        ports.bigEndianU16(CTA_PROTO_SRC_PORT).orElse(0),
        address(ip, source + 1), // the destination's number follows the source's
        ports.bigEndianU16(CTA_PROTO_DST_PORT).orElse(0));
  }

  private static InetAddress address(Attributes ip, int type) throws MalformedMessageException {
    return ip.address(type).orElseThrow(() -> lacks("CTA_TUPLE_IP"));
  }

  private static MalformedMessageException lacks(String attribute) {
    return new MalformedMessageException("conntrack entry without " + attribute);
  }

  private static Optional<byte[]> copy(Attributes found, int type) {
    Optional<ByteBuffer> value = found.bytes(type);
    byte[] bytes = new byte[value.map(ByteBuffer::remaining).orElse(0)];
    value.ifPresent(v -> v.get(bytes));
    return value.map(_ -> bytes);
  }
}
