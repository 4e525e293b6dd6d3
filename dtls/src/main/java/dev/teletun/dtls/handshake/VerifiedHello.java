package dev.teletun.dtls.handshake;

import org.bouncycastle.tls.DTLSRequest;

/** A ClientHello from an address that its sender was shown to receive at. */
public final class VerifiedHello {
  private final DTLSRequest request;

  VerifiedHello(DTLSRequest request) {
    this.request = request;
  }

  DTLSRequest request() {
    return request;
  }
}
