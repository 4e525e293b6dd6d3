package dev.teletun.fuzz;

import java.util.Arrays;

/** The fuzzer's bytes, taken from the front. Where they have ended there are zeros. */
final class Input {
  private final byte[] bytes;
  private int at;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isEmpty() {
    return at >= bytes.length;
  }

  int left() {
    return bytes.length - Math.min(at, bytes.length);
  }

  int u8() {
    return isEmpty() ? 0 : bytes[at++] & 0xff;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  /** As many as the next two bytes say, or what is left. */
  byte[] piece() {
    return take(u16());
  }

  byte[] take(int length) {
    int from = Math.min(at, bytes.length);
    at = Math.min(from + length, bytes.length);
    return Arrays.copyOfRange(bytes, from, at);
  }

  byte[] rest() {
    return take(bytes.length);
  }
}
