package dev.teletun.dtls.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Our own key pair and the certificate it is presented in. Immutable; never prints the key. */
public final class Identity {
  /**
   * Bytes of a certificate. Alone in its message, behind two lengths of three bytes each, it must
   * not exceed what the other side admits of one handshake message.
   */
  public static final int LARGEST_CERTIFICATE = 8 * 1024 - 6;

  private final PrivateKey privateKey;
  private final X509Certificate certificate;
  private final Pin pin;

  private Identity(PrivateKey privateKey, X509Certificate certificate, Pin pin) {
    this.privateKey = privateKey;
    this.certificate = certificate;
    this.pin = pin;
  }

  /**
   * Reads both halves of a key pair.
   *
   * @param privateKey PEM, unencrypted: PKCS#8, SEC1 or PKCS#1; Ed25519, P-256 or RSA
   * @param publicKeyOrCertificate PEM; a {@code CERTIFICATE} is presented as it is, around a {@code
   *     PUBLIC KEY} a self-signed one is made
   * @throws KeyFileException if one of them cannot be used, or they do not belong together
   */
  public static Identity load(Path privateKey, Path publicKeyOrCertificate)
      throws KeyFileException {
    PrivateKeyInfo key = PrivateKeyFile.read(privateKey);
    PemFile publicFile = PemFile.read(publicKeyOrCertificate);
    Pin pin = Pin.of(publicFile);
    KeyKind kind =
        KeyKind.of(key.getPrivateKeyAlgorithm())
            .orElseThrow(() ->
                new KeyFileException(
                    privateKey, "its algorithm or curve is not supported: " + KeyKind.ALL));
    SubjectPublicKeyInfo derived = publicHalf(privateKey, key);
    try {
      if (!pin.matches(derived.getEncoded(ASN1Encoding.DER))) {
        throw new KeyFileException(
            publicKeyOrCertificate,
            "it does not belong to the private key %s. Make it: openssl pkey -in %s -pubout"
                .formatted(privateKey, privateKey));
      }
      PrivateKey jcaKey =
          KeyFactory.getInstance(kind.keyFactory)
              .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded(ASN1Encoding.DER)));
      var first = publicFile.blocks().getFirst();
      if (first.getContent().length > LARGEST_CERTIFICATE) {
        throw new KeyFileException(
            publicKeyOrCertificate,
            "its certificate has %d bytes, and a DTLS peer takes at most %d. Give the bare public key instead: openssl pkey -in %s -pubout"
                .formatted(first.getContent().length, LARGEST_CERTIFICATE, privateKey));
      }
      X509Certificate certificate =
          first.getType().equals("CERTIFICATE")
              ? SelfSigned.parse(first.getContent())
              : SelfSigned.around(kind, jcaKey, derived);
      return new Identity(jcaKey, certificate, pin);
    } catch (KeyFileException e) {
      throw e;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new KeyFileException(
          privateKey, "the JDK does not take this key pair. Make keys with teletun keygen", e);
    }
  }

  private static SubjectPublicKeyInfo publicHalf(Path file, PrivateKeyInfo key)
      throws KeyFileException {
    try {
      AsymmetricKeyParameter half =
          switch (PrivateKeyFactory.createKey(key)) {
            case Ed25519PrivateKeyParameters ed25519 -> ed25519.generatePublicKey();
            case ECPrivateKeyParameters ec -> publicPoint(ec);
            case RSAPrivateCrtKeyParameters rsa ->
                new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
            default -> throw new IOException("a kind of key we do not use");
          };
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(half);
    } catch (IOException | RuntimeException e) { // BouncyCastle throws both for damaged keys
      throw new KeyFileException(file, "its private key is damaged. Make the file again", e);
    }
  }

  private static ECPublicKeyParameters publicPoint(ECPrivateKeyParameters key) {
    ECDomainParameters curve = key.getParameters();
    return new ECPublicKeyParameters(
        new FixedPointCombMultiplier().multiply(curve.getG(), key.getD()), curve);
  }

  /** For the TLS code only. */
  public PrivateKey privateKey() {
    return privateKey;
  }

  /** What we present to the peer. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** What our peer must hold of us. */
  public Pin pin() {
    return pin;
  }

  @Override
  public String toString() {
    return "identity " + pin.fingerprint();
  }
}
