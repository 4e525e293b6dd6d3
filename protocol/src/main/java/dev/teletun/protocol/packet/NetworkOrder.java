package dev.teletun.protocol.packet;

import static java.lang.invoke.MethodHandles.byteArrayViewVarHandle;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.VarHandle;

/** Numbers in network byte order (RFC 791, appendix B) in a byte[], at any offset. */
public final class NetworkOrder {
  private static final VarHandle SHORT = byteArrayViewVarHandle(short[].class, BIG_ENDIAN);
  private static final VarHandle INT = byteArrayViewVarHandle(int[].class, BIG_ENDIAN);
  private static final VarHandle LONG = byteArrayViewVarHandle(long[].class, BIG_ENDIAN);

  private NetworkOrder() {}

  /** 8 bits, 0 to 255. */
  public static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  /** 16 bits, 0 to 65535. */
  public static int u16(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at) & 0xffff;
  }

  /** 32 bits. */
  public static int i32(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  /** 64 bits. */
  public static long i64(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /** Writes the low 16 bits of {@code value}. */
  public static void put16(byte[] bytes, int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  /** Writes 32 bits. */
  public static void put32(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }
}
