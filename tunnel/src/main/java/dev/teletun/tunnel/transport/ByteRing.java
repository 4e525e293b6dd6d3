package dev.teletun.tunnel.transport;

/** Bytes first in, first out, in one array. The caller knows what is in it and that it has room. */
final class ByteRing {
  private final byte[] bytes;
  private int head;
  private int used;

  ByteRing(int size) {
    bytes = new byte[size];
  }

  int used() {
    return used;
  }

  void put(byte[] from, int at, int length) {
    int tail = index(used);
    int whole = Math.min(length, bytes.length - tail);
    System.arraycopy(from, at, bytes, tail, whole);
    System.arraycopy(from, at + whole, bytes, 0, length - whole);
    used += length;
  }

  void putShort(int value) {
    putByte(value >> 8);
    putByte(value);
  }

  void putLong(long value) {
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      putByte((int) (value >> shift));
    }
  }

  private void putByte(int value) {
    bytes[index(used)] = (byte) value;
    used++;
  }

  byte byteAt(int offset) {
    return bytes[index(offset)];
  }

  int shortAt(int offset) {
    return (byteAt(offset) & 0xff) << 8 | (byteAt(offset + 1) & 0xff);
  }

  long longAt(int offset) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << Byte.SIZE | (byteAt(offset + i) & 0xff);
    }
    return value;
  }

  void take(byte[] into, int at, int length) {
    int whole = Math.min(length, bytes.length - head);
    System.arraycopy(bytes, head, into, at, whole);
    System.arraycopy(bytes, 0, into, at + whole, length - whole);
    skip(length);
  }

  void skip(int length) {
    head = index(length);
    used -= length;
  }

  private int index(int offset) {
    int at = head + offset;
    return at < bytes.length ? at : at - bytes.length;
  }
}
