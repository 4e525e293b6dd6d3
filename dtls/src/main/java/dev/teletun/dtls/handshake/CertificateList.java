package dev.teletun.dtls.handshake;

import java.util.BitSet;
import org.bouncycastle.tls.TlsUtils;

/**
 * The body of a Certificate message (RFC 5246 §7.4.2) as it comes in fragments: a list behind its
 * length, each certificate behind its own.
 *
 * <p>BouncyCastle 1.84 allocates what these lengths say, 16 MiB each, before it looks whether there
 * is so much.
 */
final class CertificateList {
  private static final int LENGTH = 3; // bytes of a length

  private final byte[] body;

  CertificateList(int length) {
    body = new byte[length];
  }

  /**
   * False if the fragment says something else than what is {@code covered}. What we have taken,
   * BouncyCastle may have dropped: it would believe what comes again.
   */
  boolean agrees(HandshakeFragment fragment, BitSet covered, byte[] bytes, int at) {
    int end = fragment.offset() + fragment.length();
    for (int i = covered.nextSetBit(fragment.offset());
        i >= 0 && i < end;
        i = covered.nextSetBit(i + 1)) {
      if (body[i] != bytes[at + i - fragment.offset()]) {
        return false;
      }
    }
    return true;
  }

  /** Takes what is not {@code covered} yet. */
  void put(HandshakeFragment fragment, BitSet covered, byte[] bytes, int at) {
    int end = fragment.offset() + fragment.length();
    for (int i = covered.nextClearBit(fragment.offset());
        i < end;
        i = covered.nextClearBit(i + 1)) {
      body[i] = bytes[at + i - fragment.offset()];
    }
  }

  /** True if all lengths add up to what is there. */
  boolean isSound() {
    if (body.length < LENGTH || TlsUtils.readUint24(body, 0) != body.length - LENGTH) {
      return false;
    }
    int at = LENGTH;
    while (body.length - at >= LENGTH) {
      at += LENGTH + TlsUtils.readUint24(body, at);
    }
    return at == body.length;
  }
}
