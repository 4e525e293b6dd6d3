package dev.teletun.client.dns.stub;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Cuts a TCP stream into DNS messages: two bytes of length before each (RFC 1035 §4.2.2). */
final class MessageStream {
  private byte[] pending = new byte[512];
  private int filled;

  /** The message as it goes into a stream. */
  static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(2 + message.length)
        .putShort((short) message.length)
        .put(message)
        .array();
  }

  /** Takes bytes of the stream; at most one message and what came with its end is kept. */
  void append(ByteBuffer from, int length) {
    if (filled + length > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(filled + length, 2 * pending.length));
    }
    from.get(0, pending, filled, length);
    filled += length;
  }

  /** The next complete message. */
  Optional<byte[]> next() {
    if (filled < 2 || filled < 2 + DnsHeader.u16(pending, 0)) {
      return Optional.empty();
    }
    int end = 2 + DnsHeader.u16(pending, 0);
    byte[] message = Arrays.copyOfRange(pending, 2, end);
    System.arraycopy(pending, end, pending, 0, filled - end);
    filled -= end;
    return Optional.of(message);
  }
}
