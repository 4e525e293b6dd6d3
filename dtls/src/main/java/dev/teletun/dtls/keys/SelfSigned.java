package dev.teletun.dtls.keys;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Wraps a bare key in an X.509 certificate that says nothing beyond the key, for peers that know no
 * raw public keys (RFC 7250).
 */
final class SelfSigned {
  /** RFC 5280 §4.1.2.5: no well-defined expiration date. */
  private static final String NEVER = "99991231235959Z";

  private SelfSigned() {}

  static X509Certificate around(KeyKind kind, PrivateKey key, SubjectPublicKeyInfo publicKey)
      throws IOException, GeneralSecurityException {
    AlgorithmIdentifier algorithm = signatureAlgorithm(kind);
    TBSCertificate body = body(publicKey, algorithm);
    Signature signer = Signature.getInstance(kind.signature);
    signer.initSign(key);
    signer.update(body.getEncoded(ASN1Encoding.DER));
    byte[] der =
        new DERSequence(new ASN1Encodable[] {body, algorithm, new DERBitString(signer.sign())})
            .getEncoded(ASN1Encoding.DER);
    return parse(der);
  }

  static X509Certificate parse(byte[] der) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static TBSCertificate body(SubjectPublicKeyInfo key, AlgorithmIdentifier algorithm) {
    X500Name name = new X500Name("CN=teletun");
    V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
    body.setSerialNumber(new ASN1Integer(new BigInteger(120, new SecureRandom())));
    body.setIssuer(name);
    body.setSubject(name);
    // The peer's clock may be behind ours, and not every peer ignores dates.
    body.setStartDate(new Time(Date.from(Instant.now().minus(7, ChronoUnit.DAYS))));
    body.setEndDate(new Time(new ASN1GeneralizedTime(NEVER)));
    body.setSubjectPublicKeyInfo(key);
    body.setSignature(algorithm);
    return body.generateTBSCertificate();
  }

  private static AlgorithmIdentifier signatureAlgorithm(KeyKind kind) {
    return switch (kind) {
      case ED25519 -> new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
      case P256 -> new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
      case RSA ->
          new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
    };
  }
}
