package dev.teletun.dtls.keys;

import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The kinds of key we use, with what the JDK calls them. */
enum KeyKind {
  ED25519("Ed25519", "Ed25519"),
  P256("EC", "SHA256withECDSA"),
  RSA("RSA", "SHA256withRSA");

  static final String ALL = "use Ed25519, P-256 or RSA of 2048 bits and more";

  private static final int SMALLEST_RSA_BITS = 2048;

  final String keyFactory;
  final String signature;

  KeyKind(String keyFactory, String signature) {
    this.keyFactory = keyFactory;
    this.signature = signature;
  }

  /** Empty for any other algorithm, curve or explicit curve parameters. */
  static Optional<KeyKind> of(AlgorithmIdentifier algorithm) {
    ASN1ObjectIdentifier id = algorithm.getAlgorithm();
    if (id.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return Optional.of(ED25519);
    }
    if (id.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return Optional.of(RSA);
    }
    boolean p256 =
        id.equals(X9ObjectIdentifiers.id_ecPublicKey)
            && X9ObjectIdentifiers.prime256v1.equals(algorithm.getParameters());
    return p256 ? Optional.of(P256) : Optional.empty();
  }

  /** As {@link #of(AlgorithmIdentifier)}, and empty for an RSA key that is too small. */
  static Optional<KeyKind> of(SubjectPublicKeyInfo key) throws IOException {
    Optional<KeyKind> kind = of(key.getAlgorithm());
    boolean weak =
        kind.isPresent()
            && kind.get() == RSA
            && RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength()
                < SMALLEST_RSA_BITS;
    return weak ? Optional.empty() : kind;
  }
}
