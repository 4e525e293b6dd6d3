package dev.teletun.protocol.data;

import dev.teletun.protocol.message.Token;
import java.nio.ByteBuffer;

/**
 * The messages between packets; the formats are in the package's description. Readers give the
 * default value for a message that is cut short.
 */
public final class DataMessage {
  /** See the package. */
  public static final int HELLO = 1;

  /** See the package. */
  public static final int HELLO_ACK = 2;

  /** See the package. */
  public static final int ECHO = 3;

  /** See the package. */
  public static final int ECHO_ACK = 4;

  /** See the package. */
  public static final int PROBE = 5;

  /** See the package. */
  public static final int PROBE_ACK = 6;

  /** See the package. */
  public static final int SWITCHED = 7;

  /** What {@link #type} says of a packet, of an empty record and of what a message is cut to. */
  public static final int NONE = 0;

  private static final int ID_BYTES = 4;
  private static final int FIRST = 1;
  private static final int LAST = 2;

  private DataMessage() {}

  /** The type of the message at {@code at}, which may be unknown; {@link #NONE} if it is none. */
  public static int type(byte[] bytes, int at, int length) {
    if (length == 0 || (bytes[at] & 0xf0) != 0) {
      return NONE;
    }
    int type = bytes[at];
    return length >= shortest(type) ? type : NONE;
  }

  private static int shortest(int type) {
    return switch (type) {
      case HELLO -> 1 + Token.BYTES;
      case ECHO, ECHO_ACK, PROBE -> 1 + ID_BYTES;
      case PROBE_ACK -> 1 + ID_BYTES + 2;
      case SWITCHED -> 1 + ID_BYTES + 1;
      default -> 1;
    };
  }

  /** True for whatever begins with a nibble of 0: nothing of it is a packet. */
  public static boolean isMessage(byte[] bytes, int at, int length) {
    return length > 0 && (bytes[at] & 0xf0) == 0;
  }

  /** A hello. */
  public static byte[] hello(Token token) {
    ByteBuffer message = ByteBuffer.allocate(1 + Token.BYTES).put((byte) HELLO);
    token.write(message);
    return message.array();
  }

  /** The token of a {@link #HELLO}. */
  public static Token token(byte[] bytes, int at) {
    return Token.read(ByteBuffer.wrap(bytes, at + 1, Token.BYTES));
  }

  /** A message that is its type alone. */
  public static byte[] bare(int type) {
    return new byte[] {(byte) type};
  }

  /** An echo or its answer. */
  public static byte[] echo(int type, int id) {
    return ByteBuffer.allocate(1 + ID_BYTES).put((byte) type).putInt(id).array();
  }

  /** A probe of {@code size} bytes, at least 5. */
  public static byte[] probe(int id, int size) {
    return ByteBuffer.allocate(Math.max(size, 1 + ID_BYTES)).put((byte) PROBE).putInt(id).array();
  }

  /** The answer to a probe of {@code size} bytes. */
  public static byte[] probeAck(int id, int size) {
    return ByteBuffer.allocate(1 + ID_BYTES + 2)
        .put((byte) PROBE_ACK)
        .putInt(id)
        .putShort((short) size)
        .array();
  }

  /** The {@code number}th switch: the sender's first message on this transport, or its last. */
  public static byte[] switched(int number, boolean first) {
    return ByteBuffer.allocate(1 + ID_BYTES + 1)
        .put((byte) SWITCHED)
        .putInt(number)
        .put((byte) (first ? FIRST : LAST))
        .array();
  }

  /** Whether a {@link #SWITCHED} is the sender's first message on this transport. */
  public static boolean isFirst(byte[] bytes, int at) {
    return bytes[at + 1 + ID_BYTES] == FIRST;
  }

  /** The number of an {@link #ECHO}, {@link #PROBE}, answer or {@link #SWITCHED}. */
  public static int id(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes, at + 1, ID_BYTES).getInt();
  }

  /** The size that a {@link #PROBE_ACK} says. */
  public static int size(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes, at + 1 + ID_BYTES, 2).getShort() & 0xffff;
  }
}
