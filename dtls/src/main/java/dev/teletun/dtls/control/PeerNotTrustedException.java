package dev.teletun.dtls.control;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One side does not accept the other's key. */
public final class PeerNotTrustedException extends IOException {
  private static final long serialVersionUID = 1;

  /** Who refused whom. */
  public enum Side {
    /** The peer's key is not the pinned one. */
    WE_REFUSED,
    /** The peer does not hold our key as its pin. */
    PEER_REFUSED
  }

  private final Side side;

  private PeerNotTrustedException(Side side, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.side = side;
  }

  /** The peer presented a key with {@code fingerprint}, and {@code expected} is pinned. */
  public static PeerNotTrustedException weRefused(
      String fingerprint, String expected, @Nullable Throwable cause) {
    return new PeerNotTrustedException(
        Side.WE_REFUSED,
        "the peer's key %s is not the pinned one, %s. Give the public key file of the peer you mean,"
                .formatted(fingerprint, expected)
            + " and check that nobody answers in its place",
        cause);
  }

  /** The peer answered our certificate with {@code alert}. */
  public static PeerNotTrustedException peerRefused(String alert, @Nullable Throwable cause) {
    return new PeerNotTrustedException(
        Side.PEER_REFUSED,
        "the peer does not accept our key (alert %s). Give it our public key file as its pin"
            .formatted(alert),
        cause);
  }

  /** Who refused whom. */
  public Side side() {
    return side;
  }
}
