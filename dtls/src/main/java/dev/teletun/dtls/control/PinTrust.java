package dev.teletun.dtls.control;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts one key. An extended trust manager, because the JDK adds checks of names and algorithms to
 * a plain one.
 */
final class PinTrust extends X509ExtendedTrustManager {

  private static final int LENGTH_FIELD = 3; // before each certificate, RFC 5246 §7.4.2

  /** The peer's key is another one. */
  static final class WrongKey extends CertificateException {
    private static final long serialVersionUID = 1;
    final String found;
    final String expected;

    WrongKey(String found, String expected) {
      super("the peer's key %s is not the pinned %s".formatted(found, expected));
      this.found = found;
      this.expected = expected;
    }
  }

  /** The peer's key is right, and what it comes in would stall the data channel. */
  static final class TooLarge extends CertificateException {
    private static final long serialVersionUID = 1;

    TooLarge(int bytes) {
      super(
          "the peer presents %d bytes of certificates, and the data channel takes %d. Give it a bare key, or a short certificate without a chain"
              .formatted(bytes, Identity.LARGEST_CERTIFICATE));
    }
  }

  private final Pin pin;
  private final Runnable onRefusal;

  /** {@code onRefusal} runs before the refusal is told to the peer. */
  PinTrust(Pin pin, Runnable onRefusal) {
    this.pin = pin;
    this.onRefusal = onRefusal;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    byte[] certificate = chain[0].getEncoded();
    if (!pin.matchesCertificate(certificate)) {
      onRefusal.run();
      throw new WrongKey(Pin.fingerprintOfCertificate(certificate), pin.fingerprint());
    }
    int bytes = certificate.length;
    for (int i = 1; i < chain.length; i++) {
      bytes += LENGTH_FIELD + chain[i].getEncoded().length;
    }
    if (bytes > Identity.LARGEST_CERTIFICATE) {
      onRefusal.run();
      throw new TooLarge(bytes);
    }
  }

  /** A session that cannot be resumed gets no ticket; TLS 1.3 sends tickets after this check. */
  private static void forbidResumption(Socket socket) {
    if (socket instanceof SSLSocket tls) {
      SSLSession session = tls.getHandshakeSession();
      if (session != null) {
        session.invalidate();
      }
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
    forbidResumption(socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
