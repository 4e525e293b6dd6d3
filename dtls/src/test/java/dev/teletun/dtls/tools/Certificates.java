package dev.teletun.dtls.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Odd certificates around a P-256 key, made by BouncyCastle. */
public final class Certificates {
  private Certificates() {}

  private static String pem(
      TestKeys key, String subject, String issuer, Instant from, Instant until)
      throws IOException, GeneralSecurityException {
    AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    V3TBSCertificateGenerator body = new V3TBSCertificateGenerator();
    body.setSerialNumber(new ASN1Integer(7));
    body.setIssuer(new X500Name(issuer));
    body.setSubject(new X500Name(subject));
    body.setStartDate(new Time(Date.from(from)));
    body.setEndDate(new Time(Date.from(until)));
    body.setSubjectPublicKeyInfo(
        Certificate.getInstance(key.identity().certificate().getEncoded())
            .getSubjectPublicKeyInfo());
    body.setSignature(algorithm);
    TBSCertificate signed = body.generateTBSCertificate();
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(key.identity().privateKey());
    signer.update(signed.getEncoded(ASN1Encoding.DER));
    byte[] der =
        new DERSequence(new ASN1Encodable[] {signed, algorithm, new DERBitString(signer.sign())})
            .getEncoded(ASN1Encoding.DER);
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }

  /** The same key in a certificate that is valid then. */
  public static TestKeys valid(TestKeys key, Instant from, Instant until) throws Exception {
    return with(key, pem(key, "CN=odd", "CN=odd", from, until));
  }

  /** The same key in a certificate of about so many bytes. */
  public static TestKeys large(TestKeys key, int bytes) throws Exception {
    return with(key, pem(key, "CN=odd", padded(bytes - 250), Instant.EPOCH, Instant.now()));
  }

  /** The same key in so many certificates of about so many bytes. */
  public static TestKeys chain(TestKeys key, int length, int bytes) throws Exception {
    StringBuilder pem = new StringBuilder();
    for (int i = 0; i < length; i++) {
      String name = "CN=level " + i;
      pem.append(pem(key, name, padded(bytes - 250), Instant.EPOCH, Instant.now()));
    }
    return with(key, pem.toString());
  }

  private static String padded(int bytes) {
    return "CN=issuer" + (",OU=" + "x".repeat(63)).repeat(Math.max(0, bytes) / 74);
  }

  private static TestKeys with(TestKeys key, String pem) throws IOException {
    Path file = Files.createTempFile(key.privateKey().getParent(), "odd", ".crt");
    Files.writeString(file, pem, StandardCharsets.US_ASCII);
    return new TestKeys(key.privateKey(), key.publicKey(), file);
  }
}
