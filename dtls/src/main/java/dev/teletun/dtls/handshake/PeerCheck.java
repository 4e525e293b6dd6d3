package dev.teletun.dtls.handshake;

import dev.teletun.dtls.control.PeerNotTrustedException;
import dev.teletun.dtls.keys.Pin;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/** Compares the peer's certificate with the pin, before anything else is done with its key. */
final class PeerCheck {
  private final Pin pin;
  private boolean passed;
  private @Nullable PeerNotTrustedException refusal;

  PeerCheck(Pin pin) {
    this.pin = pin;
  }

  void check(@Nullable Certificate chain) throws IOException {
    if (chain == null || chain.isEmpty()) {
      throw new TlsFatalAlert(
          AlertDescription.handshake_failure, "the peer presented no certificate");
    }
    byte[] certificate = chain.getCertificateAt(0).getEncoded();
    if (!pin.matchesCertificate(certificate)) {
      refusal =
          PeerNotTrustedException.weRefused(
              Pin.fingerprintOfCertificate(certificate), pin.fingerprint(), null);
      throw new TlsFatalAlert(AlertDescription.bad_certificate, refusal);
    }
    passed = true;
  }

  boolean passed() {
    return passed;
  }

  /** Set if the peer's key was another one. */
  @Nullable PeerNotTrustedException refusal() {
    return refusal;
  }
}
