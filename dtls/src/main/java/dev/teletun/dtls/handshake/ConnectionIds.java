package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.ConnectionId;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake offers and finds out about connection IDs (RFC 9146 §3). Handshake's thread
 * only.
 *
 * <p>A client does not know the form of the records it will receive until the ServerHello; a server
 * knows it from the ClientHello, before it receives anything else.
 */
final class ConnectionIds {
  private final ConnectionId own;
  private @Nullable ConnectionId expected;

  /** {@code own} is {@link ConnectionId#NONE} to neither offer nor accept. */
  ConnectionIds(boolean server, ConnectionId own) {
    this.own = own;
    this.expected = server || own.isNone() ? ConnectionId.NONE : null;
  }

  /** For BouncyCastle, to which null is "none". */
  byte @Nullable [] offer() {
    return own.isNone() ? null : own.bytes();
  }

  /** As {@link #offer}, by a server whose client offers one too. */
  byte @Nullable [] accept() {
    expected = own;
    return offer();
  }

  /** The ServerHello is there. */
  void answered(boolean accepted) {
    expected = accepted ? own : ConnectionId.NONE;
  }

  /** Offered, whether it was accepted or not. Any thread. */
  ConnectionId own() {
    return own;
  }

  /** What the peer's protected records carry; null while that is not known. */
  @Nullable ConnectionId expected() {
    return expected;
  }
}
