package dev.teletun.dtls.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The additional authenticated data of the records of one direction: RFC 5246 §6.2.3.3 without a
 * connection ID, RFC 9146 §5.3 with one. Written over for each record; what never changes is
 * written once.
 */
final class AdditionalData {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int PLACEHOLDER = Long.BYTES; // where other records have their number

  final byte[] bytes;
  private final boolean old;
  private final int atNumber;
  private final int atLength;

  AdditionalData(ConnectionId id) {
    old = id.isNone();
    if (old) {
      atNumber = 0;
      bytes = new byte[RecordHeader.LENGTH];
      SHORT.set(bytes, Long.BYTES + 1, (short) RecordHeader.VERSION);
    } else {
      atNumber = PLACEHOLDER + 5;
      int atId = atNumber + Long.BYTES;
      bytes = new byte[atId + id.length() + Short.BYTES];
      LONG.set(bytes, 0, -1L);
      bytes[PLACEHOLDER] = RecordHeader.TLS12_CID;
      bytes[PLACEHOLDER + 1] = (byte) id.length();
      bytes[PLACEHOLDER + 2] = RecordHeader.TLS12_CID;
      SHORT.set(bytes, PLACEHOLDER + 3, (short) RecordHeader.VERSION);
      id.write(bytes, atId);
    }
    atLength = bytes.length - Short.BYTES;
  }

  /** {@code length} of what is encrypted; {@code type} as it stands in the record's header. */
  void set(long epochAndSequence, int type, int length) {
    LONG.set(bytes, atNumber, epochAndSequence);
    if (old) {
      bytes[Long.BYTES] = (byte) type;
    }
    SHORT.set(bytes, atLength, (short) length);
  }
}
