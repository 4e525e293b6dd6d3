package dev.teletun.dtls.handshake;

import org.bouncycastle.tls.TlsUtils;

/** The header of a handshake message's fragment (RFC 6347 §4.2.2). */
record HandshakeFragment(int type, int messageLength, int messageNumber, int offset, int length) {
  /** Bytes. */
  static final int HEADER = 12;

  /** The caller has checked that a whole header is there. */
  static HandshakeFragment read(byte[] bytes, int at) {
    return new HandshakeFragment(
        TlsUtils.readUint8(bytes, at),
        TlsUtils.readUint24(bytes, at + 1),
        TlsUtils.readUint16(bytes, at + 4),
        TlsUtils.readUint24(bytes, at + 6),
        TlsUtils.readUint24(bytes, at + 9));
  }
}
