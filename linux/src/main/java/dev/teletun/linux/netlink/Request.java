package dev.teletun.linux.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One message for the kernel while it is built: {@code struct nlmsghdr}, the fields of the family's
 * header in their order, then attributes. Numbers are in native byte order unless a method says
 * otherwise (include/uapi/linux/netlink.h).
 *
 * <p>Used by one thread; may be sent more than once.
 */
public final class Request {
  /** Bytes of {@code struct nlmsghdr}. */
  static final int HEADER_BYTES = 16;

  // include/uapi/linux/netlink.h
  static final int NLM_F_REQUEST = 0x01;
  static final int NLM_F_ACK = 0x04;
  static final int NLM_F_DUMP = 0x300;
  public static final int NLM_F_REPLACE = 0x100;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  private static final int NLA_F_NESTED = 0x8000;

  private static final int ATTRIBUTE_HEADER_BYTES = 4;
  private static final int LARGEST_ATTRIBUTE = 0xFFFF - ATTRIBUTE_HEADER_BYTES;

  private final String operation;
  private final Object subject;
  private final int type;
  private final int flags;
  private ByteBuffer bytes = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());

  private Request(String operation, Object subject, int type, int flags) {
    this.operation = operation;
    this.subject = subject;
    this.type = type;
    this.flags = flags;
    bytes.position(HEADER_BYTES);
  }

  /**
   * Begins a message.
   *
   * @param operation the kernel header's name of {@code type}, for error messages
   * @param subject what is operated on; its text goes into error messages
   * @param flags {@code NLM_F_*} beside REQUEST, ACK and DUMP, which the socket sets
   */
  public static Request of(String operation, Object subject, int type, int flags) {
    return new Request(operation, subject, type, flags);
  }

  /** Appends header fields of one byte each. */
  public Request u8(int... values) {
    for (int value : values) {
      room(1).put((byte) value);
    }
    return this;
  }

  /** Appends header fields of four bytes each. */
  public Request u32(int... values) {
    for (int value : values) {
      room(4).putInt(value);
    }
    return this;
  }

  /** Appends an attribute of raw bytes. */
  public Request attribute(int attributeType, byte[] value) {
    if (value.length > LARGEST_ATTRIBUTE) {
      throw new IllegalArgumentException(
          "%s: attribute %d has %d bytes, a netlink attribute holds %d"
              .formatted(this, attributeType, value.length, LARGEST_ATTRIBUTE));
    }
    room(ATTRIBUTE_HEADER_BYTES)
        .putShort((short) (ATTRIBUTE_HEADER_BYTES + value.length))
        .putShort((short) attributeType);
    room(value.length).put(value);
    return align();
  }

  /** Appends an attribute of four bytes. */
  public Request attribute(int attributeType, int value) {
    room(8).putShort((short) 8).putShort((short) attributeType).putInt(value);
    return this;
  }

  /** Appends an attribute of one byte. */
  public Request byteAttribute(int attributeType, int value) {
    return attribute(attributeType, new byte[] {(byte) value});
  }

  /** Appends an address in network byte order. */
  public Request attribute(int attributeType, InetAddress address) {
    return attribute(attributeType, address.getAddress());
  }

  /** Appends text with its terminating NUL. */
  public Request attribute(int attributeType, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return attribute(attributeType, Arrays.copyOf(utf8, utf8.length + 1));
  }

  /** Appends an attribute whose value, a list of attributes, is already encoded. */
  public Request nested(int attributeType, byte[] attributes) {
    return attribute(attributeType | NLA_F_NESTED, attributes);
  }

  /** Bytes of the finished message, a multiple of four. */
  int length() {
    return bytes.position();
  }

  /** Writes the message with its header at the position of {@code into}. */
  void writeTo(ByteBuffer into, int extraFlags, int sequence) {
    into.putInt(length())
        .putShort((short) type)
        .putShort((short) (flags | NLM_F_REQUEST | extraFlags))
        .putInt(sequence)
        .putInt(0)
        .put(bytes.array(), HEADER_BYTES, length() - HEADER_BYTES);
  }

  /**
   * The call as the operator should read it, for example {@code RTM_NEWROUTE(10.0.0.0/8 dev 3)}.
   */
  @Override
  public String toString() {
    return operation + "(" + subject + ")";
  }

  private Request align() {
    while (bytes.position() % 4 != 0) {
      u8(0);
    }
    return this;
  }

  private ByteBuffer room(int wanted) {
    if (bytes.remaining() < wanted) {
      int capacity = Math.max(bytes.capacity() * 2, bytes.position() + wanted);
      bytes = ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder()).put(bytes.flip());
    }
    return bytes;
  }
}
