package dev.teletun.dtls.control;

import dev.teletun.dtls.tools.TestKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.util.Hashtable;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** A TLS 1.3 server that selects an ALPN name whether it was offered or not; JSSE's cannot. */
final class AlienServer extends DefaultTlsServer {
  private final TestKeys keys;
  private final String selected;
  private final BcTlsCrypto crypto;

  private AlienServer(BcTlsCrypto crypto, TestKeys keys, String selected) {
    super(crypto);
    this.crypto = crypto;
    this.keys = keys;
    this.selected = selected;
  }

  static void serve(ServerSocket listener, TestKeys keys, String selected) {
    BcTlsCrypto crypto = new BcTlsCrypto(new SecureRandom());
    try (Socket socket = listener.accept()) {
      var protocol = new TlsServerProtocol(socket.getInputStream(), socket.getOutputStream());
      protocol.accept(new AlienServer(crypto, keys, selected));
      protocol.getInputStream().read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.only();
  }

  @Override
  @SuppressWarnings("rawtypes") // BouncyCastle's signature
  public void getServerExtensionsForConnection(Hashtable extensions) throws IOException {
    super.getServerExtensionsForConnection(extensions); // removes what was not offered
    TlsExtensionsUtils.addALPNExtensionServer(extensions, ProtocolName.asUtf8Encoding(selected));
  }

  @Override
  public TlsCredentials getCredentials() throws IOException {
    var algorithm =
        SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);
    try {
      var certificate = crypto.createCertificate(keys.identity().certificate().getEncoded());
      return new BcDefaultTlsCredentialedSigner(
          new TlsCryptoParameters(context),
          crypto,
          PrivateKeyFactory.createKey(keys.identity().privateKey().getEncoded()),
          new Certificate(
              TlsUtils.EMPTY_BYTES,
              new CertificateEntry[] {new CertificateEntry(certificate, null)}),
          algorithm);
    } catch (CertificateEncodingException e) {
      throw new IOException(e);
    }
  }
}
