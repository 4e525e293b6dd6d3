package dev.teletun.dtls.handshake;

import dev.teletun.dtls.keys.Identity;
import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.jspecify.annotations.Nullable;

/** A DTLS 1.2 server that trusts one client key and shows its own. No resumption, no tickets. */
final class PinnedServer extends AbstractTlsServer {
  private final KeyCapturingCrypto crypto;
  private final Identity own;
  private final PeerCheck client;
  private final ConnectionIds ids;

  PinnedServer(KeyCapturingCrypto crypto, Identity own, PeerCheck client, ConnectionIds ids) {
    super(crypto);
    this.crypto = crypto;
    this.own = own;
    this.client = client;
    this.ids = ids;
  }

  @Override
  public TlsCredentials getCredentials() throws IOException {
    return Negotiation.signer(
        own,
        crypto,
        new TlsCryptoParameters(context),
        context.getSecurityParametersHandshake().getClientSigAlgs());
  }

  @Override
  public CertificateRequest getCertificateRequest() {
    short[] types = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};
    return new CertificateRequest(types, Negotiation.signatures(), null);
  }

  @Override
  public void notifyClientCertificate(Certificate certificate) throws IOException {
    client.check(certificate);
  }

  /** Asked only if the client offers one. */
  @Override
  protected byte @Nullable [] getNewConnectionID() {
    return ids.accept();
  }

  /** Smaller fragments are refused by silence: a packet of ours is one record. */
  @Override
  @SuppressWarnings({"rawtypes", "JdkObsolete"}) // BouncyCastle's signature
  public void processClientExtensions(Hashtable clientExtensions) throws IOException {
    super.processClientExtensions(clientExtensions);
    maxFragmentLengthOffered = -1;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return Negotiation.suitesOf(own);
  }

  @Override
  protected int selectECDH(int minimumCurveBits) {
    return Negotiation.group(context.getSecurityParametersHandshake().getClientSupportedGroups());
  }

  /** None for a client whose groups are all strange: then no suite is left, and it is told so. */
  @Override
  protected int getMaximumNegotiableCurveBits() {
    return NamedGroup.getCurveBits(selectECDH(0));
  }

  @Override
  protected boolean preferLocalCipherSuites() {
    return true;
  }

  @Override
  protected boolean allowCertificateStatus() {
    return false;
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
