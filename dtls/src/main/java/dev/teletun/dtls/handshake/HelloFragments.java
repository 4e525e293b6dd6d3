package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.RecordHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * Puts together ClientHellos that came in fragments, before anything is known of their senders.
 *
 * <p>OpenSSL behind a plain socket, as in socat, knows no path MTU and cuts its hello at 256 bytes.
 * RFC 6347 §4.2.1 wants no state for a sender whose address is not verified; so what is kept is
 * little: {@link #MOST_SENDERS} hellos of {@link #MOST_BYTES}, the oldest forgotten first. A flood
 * of first halves keeps those out who fragment, and nobody else.
 *
 * <p>Not thread-safe.
 */
final class HelloFragments {
  static final int MOST_SENDERS = 16;
  static final int MOST_BYTES = 2048;

  private final Map<ByteBuffer, Hello> unfinished = new LinkedHashMap<>();

  private static final class Hello {
    final int messageNumber;
    final byte[] body;
    final BitSet covered = new BitSet();

    Hello(HandshakeFragment first) {
      messageNumber = first.messageNumber();
      body = new byte[first.messageLength()];
    }

    boolean continuesWith(HandshakeFragment next) {
      return next.messageNumber() == messageNumber && next.messageLength() == body.length;
    }
  }

  /**
   * Takes a datagram that begins with a ClientHello or a fragment of one.
   *
   * @return a datagram with the whole hello in one record, once all of it is there; for a hello
   *     that came whole, its own bytes
   */
  Optional<byte[]> whole(byte[] sender, byte[] datagram, int at, int length) {
    int start = at + RecordHeader.LENGTH + HandshakeFragment.HEADER;
    int end =
        Math.min(at + length, at + RecordHeader.LENGTH + RecordHeader.bodyLength(datagram, at));
    if (start > end) {
      return Optional.empty();
    }
    HandshakeFragment fragment = HandshakeFragment.read(datagram, at + RecordHeader.LENGTH);
    if (fragment.length() == fragment.messageLength()) {
      return Optional.of(Arrays.copyOfRange(datagram, at, at + length));
    }
    int last = fragment.offset() + fragment.length();
    if (fragment.messageLength() > MOST_BYTES
        || last > fragment.messageLength()
        || fragment.length() > end - start) {
      return Optional.empty();
    }
    ByteBuffer key = ByteBuffer.wrap(sender.clone());
    Hello hello = of(key, fragment);
    System.arraycopy(datagram, start, hello.body, fragment.offset(), fragment.length());
    hello.covered.set(fragment.offset(), last);
    if (hello.covered.nextClearBit(0) < hello.body.length) {
      return Optional.empty();
    }
    unfinished.remove(key);
    return Optional.of(inOneRecord(datagram, at, hello.body));
  }

  private Hello of(ByteBuffer sender, HandshakeFragment fragment) {
    @Nullable Hello known = unfinished.remove(sender);
    Hello hello = known != null && known.continuesWith(fragment) ? known : new Hello(fragment);
    if (unfinished.size() == MOST_SENDERS) {
      unfinished.remove(unfinished.keySet().iterator().next());
    }
    unfinished.put(sender, hello);
    return hello;
  }

  /**
   * The record and message headers of the fragment at {@code at}, with the lengths of the whole.
   */
  private static byte[] inOneRecord(byte[] fragment, int at, byte[] body) {
    int headers = RecordHeader.LENGTH + HandshakeFragment.HEADER;
    byte[] datagram = new byte[headers + body.length];
    System.arraycopy(fragment, at, datagram, 0, headers);
    TlsUtils.writeUint16(
        HandshakeFragment.HEADER + body.length, datagram, RecordHeader.LENGTH - Short.BYTES);
    TlsUtils.writeUint24(0, datagram, headers - 6);
    TlsUtils.writeUint24(body.length, datagram, headers - 3);
    System.arraycopy(body, 0, datagram, headers, body.length);
    return datagram;
  }
}
