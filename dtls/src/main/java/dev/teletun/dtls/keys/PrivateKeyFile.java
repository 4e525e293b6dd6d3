package dev.teletun.dtls.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;

/** Reads a private key in any of the forms that OpenSSL writes unencrypted. */
final class PrivateKeyFile {
  private PrivateKeyFile() {}

  static PrivateKeyInfo read(Path path) throws KeyFileException {
    PemFile file = PemFile.read(path);
    for (PemObject block : file.blocks()) {
      if (block.getType().endsWith("PRIVATE KEY")) {
        refuseIfOthersMayRead(path);
        return parse(path, block);
      }
    }
    throw new KeyFileException(
        path,
        "it holds a %s, and a private key is needed here. Give the .key file"
            .formatted(file.blocks().getFirst().getType()));
  }

  /** The link's target counts: Secret volumes are made of links, whose own mode means nothing. */
  private static void refuseIfOthersMayRead(Path path) throws KeyFileException {
    try {
      if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
        throw new KeyFileException(
            path,
            "everybody on this machine may read this private key. Run: chmod 600 FILE; for a"
                + " Kubernetes Secret volume set defaultMode: 0440 and fsGroup");
      }
    } catch (UnsupportedOperationException _) {
      return; // a file system without modes
    } catch (KeyFileException e) {
      throw e;
    } catch (IOException e) {
      throw new KeyFileException(path, "its mode cannot be read: " + e.getMessage(), e);
    }
  }

  private static PrivateKeyInfo parse(Path path, PemObject block) throws KeyFileException {
    if (!block.getHeaders().isEmpty() || block.getType().startsWith("ENCRYPTED")) {
      throw new KeyFileException(
          path,
          "it is encrypted with a passphrase. Decrypt it: (umask 077; openssl pkey -in FILE -out"
              + " PLAIN)");
    }
    try {
      return switch (block.getType()) {
        case "PRIVATE KEY" -> withoutExtras(PrivateKeyInfo.getInstance(block.getContent()));
        case "RSA PRIVATE KEY" ->
            new PrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                RSAPrivateKey.getInstance(block.getContent()));
        case "EC PRIVATE KEY" -> sec1(ECPrivateKey.getInstance(block.getContent()));
        default ->
            throw new KeyFileException(
                path,
                "its form \"%s\" is not supported. Convert it to PKCS#8, or make new keys with"
                        .formatted(block.getType())
                    + " teletun keygen");
      };
    } catch (KeyFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // BouncyCastle's ASN.1 parser throws both
      throw new KeyFileException(path, "its private key is damaged. Make the file again", e);
    }
  }

  private static PrivateKeyInfo sec1(ECPrivateKey key) throws IOException {
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()),
        key);
  }

  /** Attributes and the public key of RFC 5958, which not every parser takes. */
  private static PrivateKeyInfo withoutExtras(PrivateKeyInfo key) throws IOException {
    return new PrivateKeyInfo(key.getPrivateKeyAlgorithm(), key.parsePrivateKey());
  }
}
