package dev.teletun.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One message from the kernel.
 *
 * @param body what follows {@code struct nlmsghdr}, in native byte order; a view of the receive
 *     buffer, valid until the socket reads again
 */
public record Message(int type, int flags, int sequence, ByteBuffer body) {
  // include/uapi/linux/netlink.h
  static final int NLMSG_NOOP = 1;
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;
  static final int NLM_F_DUMP_INTR = 0x10;

  /**
   * Takes a datagram apart.
   *
   * @throws MalformedMessageException if a length points outside
   */
  static List<Message> in(ByteBuffer datagram) throws MalformedMessageException {
    ByteBuffer rest = datagram.slice().order(ByteOrder.nativeOrder());
    List<Message> found = new ArrayList<>();
    while (rest.hasRemaining()) {
      int at = rest.position();
      int length = rest.remaining() < Request.HEADER_BYTES ? 0 : rest.getInt(at);
      if (length < Request.HEADER_BYTES || length > rest.remaining()) {
        throw new MalformedMessageException(
            "netlink message claims %d of the %d bytes left".formatted(length, rest.remaining()));
      }
      found.add(
          new Message(
              Short.toUnsignedInt(rest.getShort(at + 4)),
              Short.toUnsignedInt(rest.getShort(at + 6)),
              rest.getInt(at + 8),
              rest.slice(at + Request.HEADER_BYTES, length - Request.HEADER_BYTES)
                  .order(ByteOrder.nativeOrder())));
      rest.position((int) Math.min(at + (((long) length + 3) & ~3L), rest.limit()));
    }
    return found;
  }

  /**
   * The attributes behind a family header of {@code headerBytes}.
   *
   * @throws MalformedMessageException if the body is shorter than its header
   */
  public Attributes attributes(int headerBytes) throws MalformedMessageException {
    if (body.limit() < headerBytes) {
      throw new MalformedMessageException(
          "netlink message of type %d has %d bytes, its header alone needs %d"
              .formatted(type, body.limit(), headerBytes));
    }
    return Attributes.of(body.slice(headerBytes, body.limit() - headerBytes));
  }

  /**
   * An unsigned byte of the family header; call {@link #attributes} first, it checks the length.
   */
  public int u8(int at) {
    return body.get(at) & 0xFF;
  }

  /** A four-byte number of the family header; call {@link #attributes} first. */
  public int u32(int at) {
    return body.getInt(at);
  }
}
