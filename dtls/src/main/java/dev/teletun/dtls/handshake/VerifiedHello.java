package dev.teletun.dtls.handshake;

import org.bouncycastle.tls.DTLSRequest;

/** A ClientHello from an address that its sender was shown to receive at. */
public final class VerifiedHello {
  private final DTLSRequest request;
  private final byte[] random;

  VerifiedHello(DTLSRequest request, byte[] random) {
    this.request = request;
    this.random = random;
  }

  /**
   * The client's random, RFC 5246 §7.4.1.2: the same in repetitions of this hello, and in no other.
   */
  public byte[] random() {
    return random.clone();
  }

  DTLSRequest request() {
    return request;
  }
}
