package dev.teletun.dtls.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * The one public key a peer may have: its SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) in DER. Names,
 * chains and dates of a certificate do not matter.
 */
public final class Pin {
  private final byte[] spki;

  Pin(byte[] spkiDer) {
    this.spki = spkiDer.clone();
  }

  /**
   * Reads a PEM {@code PUBLIC KEY}, or the first {@code CERTIFICATE} of a file.
   *
   * @throws KeyFileException if the file is missing, damaged, of a kind we do not use, or holds a
   *     private key
   */
  public static Pin load(Path publicKeyOrCertificate) throws KeyFileException {
    return of(PemFile.read(publicKeyOrCertificate));
  }

  static Pin of(PemFile file) throws KeyFileException {
    for (PemObject block : file.blocks()) {
      if (block.getType().endsWith("PRIVATE KEY")) {
        throw new KeyFileException(
            file.path(),
            "it is a private key, and a public one is needed here. Give the .pub file; it comes"
                + " from: openssl pkey -in PRIVATE -pubout");
      }
    }
    PemObject first = file.blocks().getFirst();
    try {
      return switch (first.getType()) {
        case "PUBLIC KEY" -> of(file, SubjectPublicKeyInfo.getInstance(first.getContent()));
        case "CERTIFICATE" ->
            of(file, Certificate.getInstance(first.getContent()).getSubjectPublicKeyInfo());
        default ->
            throw new KeyFileException(
                file.path(),
                "it starts with a block \"%s\". PUBLIC KEY or CERTIFICATE is needed"
                    .formatted(first.getType()));
      };
    } catch (KeyFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // BouncyCastle's ASN.1 parser throws both
      throw new KeyFileException(
          file.path(), "its %s is damaged. Copy it anew".formatted(first.getType()), e);
    }
  }

  private static Pin of(PemFile file, SubjectPublicKeyInfo key) throws IOException {
    if (KeyKind.of(key).isEmpty()) {
      throw new KeyFileException(
          file.path(), "its algorithm, curve or size is not supported: " + KeyKind.ALL);
    }
    return new Pin(key.getEncoded(ASN1Encoding.DER));
  }

  /** True if {@code spkiDer} is this very key; takes the same time wherever they differ. */
  public boolean matches(byte[] spkiDer) {
    return MessageDigest.isEqual(spki, spkiDer);
  }

  /**
   * True if the certificate's key is this very key; false also for what is no certificate. The key
   * itself is not parsed, only found.
   */
  public boolean matchesCertificate(byte[] certificateDer) {
    try {
      return matches(
          Certificate.getInstance(certificateDer)
              .getSubjectPublicKeyInfo()
              .getEncoded(ASN1Encoding.DER));
    } catch (IOException | RuntimeException _) {
      return false;
    }
  }

  /** {@code SHA256:} and the base64 of the key's hash, without padding: safe to show. */
  public String fingerprint() {
    return fingerprint(spki);
  }

  /** As {@link #fingerprint()}, for the key of a peer's certificate. */
  public static String fingerprintOfCertificate(byte[] certificateDer) {
    try {
      return fingerprint(
          Certificate.getInstance(certificateDer)
              .getSubjectPublicKeyInfo()
              .getEncoded(ASN1Encoding.DER));
    } catch (IOException | RuntimeException _) {
      return "(damaged certificate)";
    }
  }

  private static String fingerprint(byte[] spkiDer) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(spkiDer);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return fingerprint();
  }
}
