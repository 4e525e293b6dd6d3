package dev.teletun.dtls.handshake;

import dev.teletun.dtls.keys.Identity;
import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.jspecify.annotations.Nullable;

/** A DTLS 1.2 client that trusts one key and shows its own. No resumption, no tickets. */
final class PinnedClient extends AbstractTlsClient {
  private final KeyCapturingCrypto crypto;
  private final Identity own;
  private final PeerCheck server;
  private final ConnectionIds ids;

  PinnedClient(KeyCapturingCrypto crypto, Identity own, PeerCheck server, ConnectionIds ids) {
    super(crypto);
    this.crypto = crypto;
    this.own = own;
    this.server = server;
    this.ids = ids;
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
        server.check(certificate.getCertificate());
      }

      @Override
      public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
        return Negotiation.signer(
            own,
            crypto,
            new TlsCryptoParameters(context),
            request.getSupportedSignatureAlgorithms());
      }
    };
  }

  @Override
  protected byte @Nullable [] getNewConnectionID() {
    return ids.offer();
  }

  @Override
  @SuppressWarnings("rawtypes") // BouncyCastle's signature
  public void processServerExtensions(@Nullable Hashtable extensions) throws IOException {
    super.processServerExtensions(extensions);
    ids.answered(TlsExtensionsUtils.getConnectionIDExtension(extensions) != null);
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return Negotiation.allSuites();
  }

  @Override
  @SuppressWarnings("JdkObsolete") // BouncyCastle's signature
  protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
    return Negotiation.signatures();
  }

  @Override
  protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
    return null;
  }

  @Override
  public boolean requiresExtendedMasterSecret() {
    return true;
  }

  /** The pin says all there is to say about the certificate. */
  @Override
  public boolean shouldCheckSigAlgOfPeerCerts() {
    return false;
  }

  @Override
  public int getHandshakeResendTimeMillis() {
    return Handshake.RESEND_MILLIS;
  }
}
