package dev.teletun.e2e.peer;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A P-256 key of our own with its certificate, and the only certificate that the peer may have. */
record PeerKeys(PrivateKey key, X509Certificate own, X509Certificate peer) {

  /** Reads {@code OWN.key}, {@code OWN.crt} and {@code PEER.crt}. */
  static PeerKeys read(Path directory, String own, String peer)
      throws IOException, GeneralSecurityException {
    String pem =
        Files.readString(directory.resolve(own + ".key")).replaceAll("-----[^-]*-----", "");
    byte[] der = Base64.getMimeDecoder().decode(pem.strip());
    return new PeerKeys(
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)),
        certificate(directory.resolve(own + ".crt")),
        certificate(directory.resolve(peer + ".crt")));
  }

  private static X509Certificate certificate(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /** JSSE's, for TLS or DTLS. */
  SSLContext context(String protocol) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", key, new char[0], new X509Certificate[] {own});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(keys.getKeyManagers(), new TrustManager[] {new OneCertificate(peer)}, null);
    return context;
  }

  private static final class OneCertificate extends X509ExtendedTrustManager {
    private final X509Certificate trusted;

    OneCertificate(X509Certificate trusted) {
      this.trusted = trusted;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      if (!chain[0].equals(trusted)) {
        throw new CertificateException("not the peer's certificate");
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
