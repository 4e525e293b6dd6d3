package dev.teletun.dtls.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Where the fields of a record's header lie (RFC 6347 §4.1), without a connection ID. */
public final class RecordHeader {
  /** Bytes of type, version, epoch, sequence number and length. */
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

  private static final int AT_VERSION = 1;
  private static final int AT_EPOCH = 3; // 2 bytes, followed by 6 bytes of sequence number
  private static final int AT_LENGTH = 11;
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

  /** Bytes that follow the header. */
  public static int bodyLength(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at + AT_LENGTH) & 0xFFFF;
  }

  static void write(byte[] bytes, int at, int type, long epochAndSequence, int bodyLength) {
    bytes[at] = (byte) type;
    SHORT.set(bytes, at + AT_VERSION, (short) VERSION);
    LONG.set(bytes, at + AT_EPOCH, epochAndSequence);
    SHORT.set(bytes, at + AT_LENGTH, (short) bodyLength);
  }

  /**
   * Writes the additional authenticated data of RFC 5246 §6.2.3.3: epoch and sequence number, type,
   * version, length of the plaintext. One of RFC 9146 §5.3 would be written here.
   */
  static void writeAdditionalData(
      byte[] into, long epochAndSequence, int type, int plaintextLength) {
    LONG.set(into, 0, epochAndSequence);
    into[8] = (byte) type;
    SHORT.set(into, 9, (short) VERSION);
    SHORT.set(into, 11, (short) plaintextLength);
  }
}
