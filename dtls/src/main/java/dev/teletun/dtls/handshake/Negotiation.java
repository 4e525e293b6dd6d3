package dev.teletun.dtls.handshake;

import dev.teletun.dtls.keys.Identity;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.Vector;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** What both sides offer and choose: ECDHE, AES-GCM, and signatures of the keys we support. */
final class Negotiation {
  private static final int[] ECDSA_SUITES = {
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
  };
  private static final int[] RSA_SUITES = {
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
  };

  private static final SignatureAndHashAlgorithm ED25519 = SignatureAndHashAlgorithm.ed25519;
  private static final SignatureAndHashAlgorithm ECDSA =
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);
  private static final SignatureAndHashAlgorithm PSS =
      SignatureAndHashAlgorithm.rsa_pss_rsae_sha256;
  private static final SignatureAndHashAlgorithm RSA =
      SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.rsa);

  /** The first four for our own handshakes, the rest for certificates that others have signed. */
  private static final List<SignatureAndHashAlgorithm> SIGNATURES =
      List.of(
          ED25519,
          ECDSA,
          PSS,
          RSA,
          SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa),
          SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha512, SignatureAlgorithm.ecdsa),
          SignatureAndHashAlgorithm.rsa_pss_rsae_sha384,
          SignatureAndHashAlgorithm.rsa_pss_rsae_sha512,
          SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha384, SignatureAlgorithm.rsa),
          SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha512, SignatureAlgorithm.rsa));

  /** Those that our own client offers. */
  private static final Set<Integer> GROUPS =
      Set.of(NamedGroup.x25519, NamedGroup.x448, NamedGroup.secp256r1, NamedGroup.secp384r1);

  private static final int NO_GROUP = -1;

  private Negotiation() {}

  /**
   * The first that the client names and we know, or a negative number. BouncyCastle knows 41, and a
   * hello can choose one for which it spends 23 MB.
   *
   * @param offered null from a client that names none, and takes what RFC 8422 §4 says
   */
  static int group(int @Nullable [] offered) {
    return offered == null
        ? NamedGroup.secp256r1
        : Arrays.stream(offered).filter(GROUPS::contains).findFirst().orElse(NO_GROUP);
  }

  /** What a client offers, whose peer's kind of key it does not know. */
  static int[] allSuites() {
    return new int[] {ECDSA_SUITES[0], RSA_SUITES[0], ECDSA_SUITES[1], RSA_SUITES[1]};
  }

  /** What a server with this key can do. */
  static int[] suitesOf(Identity own) {
    return own.privateKey().getAlgorithm().equals("RSA")
        ? RSA_SUITES.clone()
        : ECDSA_SUITES.clone();
  }

  /** In BouncyCastle's own kind of list. */
  @SuppressWarnings("JdkObsolete")
  static Vector<SignatureAndHashAlgorithm> signatures() {
    return new Vector<>(SIGNATURES);
  }

  /** Our certificate, and the key to sign with in a way that the peer takes. */
  static TlsCredentialedSigner signer(
      Identity own, BcTlsCrypto crypto, TlsCryptoParameters parameters, @Nullable Vector<?> peers)
      throws IOException {
    AsymmetricKeyParameter key = PrivateKeyFactory.createKey(own.privateKey().getEncoded());
    SignatureAndHashAlgorithm algorithm = algorithm(key, peers);
    Certificate certificate = new Certificate(new TlsCertificate[] {certificate(own, crypto)});
    return new BcDefaultTlsCredentialedSigner(parameters, crypto, key, certificate, algorithm);
  }

  private static SignatureAndHashAlgorithm algorithm(
      AsymmetricKeyParameter key, @Nullable Vector<?> peers) throws IOException {
    for (SignatureAndHashAlgorithm algorithm : usable(key)) {
      if (peers != null && TlsUtils.containsSignatureAlgorithm(peers, algorithm)) {
        return algorithm;
      }
    }
    throw new TlsFatalAlert(
        AlertDescription.handshake_failure, "the peer takes no signature of our kind of key");
  }

  private static List<SignatureAndHashAlgorithm> usable(AsymmetricKeyParameter key) {
    return switch (key) {
      case Ed25519PrivateKeyParameters _ -> List.of(ED25519);
      case RSAKeyParameters _ -> List.of(PSS, RSA);
      default -> List.of(ECDSA);
    };
  }

  private static TlsCertificate certificate(Identity own, BcTlsCrypto crypto) throws IOException {
    try {
      return crypto.createCertificate(own.certificate().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new TlsFatalAlert(AlertDescription.internal_error, e);
    }
  }
}
