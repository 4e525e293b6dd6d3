package dev.teletun.dtls.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Where the fields of a record's header lie: RFC 6347 §4.1, and RFC 9146 §4 for a record with a
 * connection ID, which stands between sequence number and length.
 */
public final class RecordHeader {
  /** Bytes of type, version, epoch, sequence number and length, without a connection ID. */
  public static final int LENGTH = 13;

  /** DTLS 1.2, as it stands in each record. */
  public static final int VERSION = 0xFEFD;

  /** DTLS 1.0, which the first records of a handshake may carry. */
  public static final int VERSION_1_0 = 0xFEFF;

  /** Content types (RFC 5246 §6.2.1). */
  public static final int CHANGE_CIPHER_SPEC = 20;

  /** Warning or fatal, and its description. */
  public static final int ALERT = 21;

  /** Handshake messages or fragments of them. */
  public static final int HANDSHAKE = 22;

  /** One packet of ours. */
  public static final int APPLICATION_DATA = 23;

  /** A protected record with a connection ID; its true type is encrypted (RFC 9146 §4). */
  public static final int TLS12_CID = 25;

  /** Every content type that a peer's first record in a datagram may have. */
  public static final List<Integer> TYPES =
      List.of(CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, TLS12_CID);

  /** Every version that it may have. */
  public static final List<Integer> VERSIONS = List.of(VERSION, VERSION_1_0);

  static final int AT_CONNECTION_ID = 11;

  private static final int AT_VERSION = 1;
  private static final int AT_EPOCH = 3; // 2 bytes, followed by 6 bytes of sequence number
  private static final long SEQUENCE_MASK = (1L << 48) - 1;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private RecordHeader() {}

  /** Content type of the record at {@code at}. */
  public static int type(byte[] bytes, int at) {
    return bytes[at] & 0xFF;
  }

  /** Protocol version as two bytes, {@link #VERSION} for DTLS 1.2. */
  public static int version(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at + AT_VERSION) & 0xFFFF;
  }

  /** 0 in clear, 1 protected. */
  public static int epoch(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at + AT_EPOCH) & 0xFFFF;
  }

  /** 48 bits, counted per epoch. */
  public static long sequence(byte[] bytes, int at) {
    return epochAndSequence(bytes, at) & SEQUENCE_MASK;
  }

  static long epochAndSequence(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at + AT_EPOCH);
  }

  /** Bytes that follow the header of a record without a connection ID. */
  public static int bodyLength(byte[] bytes, int at) {
    return bodyLength(bytes, at, LENGTH);
  }

  static int bodyLength(byte[] bytes, int at, int headerLength) {
    return (short) SHORT.get(bytes, at + headerLength - Short.BYTES) & 0xFFFF;
  }

  /**
   * Bytes of the whole record at {@code at}, or -1 if not all of it lies before {@code end}.
   *
   * @param idLength of the connection ID that a record of type {@link #TLS12_CID} carries
   */
  public static int size(byte[] bytes, int at, int end, int idLength) {
    int header = LENGTH + (at < end && type(bytes, at) == TLS12_CID ? idLength : 0);
    if (end - at < header) {
      return -1;
    }
    int size = header + bodyLength(bytes, at, header);
    return size <= end - at ? size : -1;
  }

  /**
   * The connection ID in the first record of a datagram; {@link ConnectionId#NONE} if it carries
   * none, or is too short for it. To compare with a known one, {@link ConnectionId#isOf} makes no
   * garbage.
   *
   * @param idLength of the receiver's connection IDs: a record does not say it
   */
  public static ConnectionId connectionId(byte[] datagram, int at, int length, int idLength) {
    boolean carriesOne = length >= LENGTH + idLength && type(datagram, at) == TLS12_CID;
    int start = at + AT_CONNECTION_ID;
    return carriesOne
        ? ConnectionId.of(Arrays.copyOfRange(datagram, start, start + idLength))
        : ConnectionId.NONE;
  }

  /** Writes the header of a protected record; {@code type} is seen where there is no {@code id}. */
  static void write(
      byte[] bytes, int at, int type, long epochAndSequence, ConnectionId id, int bodyLength) {
    bytes[at] = (byte) (id.isNone() ? type : TLS12_CID);
    SHORT.set(bytes, at + AT_VERSION, (short) VERSION);
    LONG.set(bytes, at + AT_EPOCH, epochAndSequence);
    id.write(bytes, at + AT_CONNECTION_ID);
    SHORT.set(bytes, at + id.headerLength() - Short.BYTES, (short) bodyLength);
  }
}
