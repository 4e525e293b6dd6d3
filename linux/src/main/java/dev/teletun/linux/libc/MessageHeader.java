package dev.teletun.linux.libc;

import java.nio.ByteBuffer;

/**
 * Where the fields of {@code struct msghdr} and {@code struct cmsghdr} lie, as libc sees them on 64
 * bits (sendmsg(2), cmsg(3)).
 */
public final class MessageHeader {
  public static final int NAME = 0;
  public static final int NAME_BYTES = 8;
  public static final int IOV = 16;
  public static final int IOV_COUNT = 24;
  public static final int CONTROL = 32;
  public static final int CONTROL_BYTES = 40;
  public static final int FLAGS = 48;

  /** Bytes of the struct. */
  public static final int BYTES = 56;

  /** Bytes of {@code struct iovec}: address and length. */
  public static final int IOV_BYTES = 16;

  /** Offset of a control message's data; before it are its length, level and type. */
  public static final int CONTROL_DATA = 16;

  private static final int CONTROL_LEVEL = 8;
  private static final int CONTROL_TYPE = 12;
  private static final int CONTROL_ALIGNMENT = 8;

  private MessageHeader() {}

  /** Writes the head of a control message with so many bytes of data, which the caller writes. */
  public static void putControl(ByteBuffer fields, int at, int level, int type, int dataBytes) {
    fields.putLong(at, CONTROL_DATA + dataBytes);
    fields.putInt(at + CONTROL_LEVEL, level).putInt(at + CONTROL_TYPE, type);
  }

  /** True if the control message at {@code at} is of that kind. */
  public static boolean isControl(ByteBuffer fields, int at, int level, int type) {
    return fields.getInt(at + CONTROL_LEVEL) == level && fields.getInt(at + CONTROL_TYPE) == type;
  }

  /** Bytes that a control message takes, to where the next may begin: CMSG_SPACE(3). */
  public static int controlSpace(int dataBytes) {
    return CONTROL_DATA + aligned(dataBytes);
  }

  /** Offset of the control message behind the one at {@code at}. */
  public static int nextControl(ByteBuffer fields, int at) {
    return at + aligned((int) Math.max(fields.getLong(at), CONTROL_DATA));
  }

  private static int aligned(int bytes) {
    return bytes + CONTROL_ALIGNMENT - 1 & -CONTROL_ALIGNMENT;
  }
}
