package dev.teletun.dtls.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Makes the keys of one client and one server.
 *
 * <p>P-256, because OpenSSL, GnuTLS, the JDK and BouncyCastle all take it in TLS 1.3 and DTLS 1.2.
 */
public final class KeySet {
  /** What {@link #generate} writes. */
  public static final List<String> FILES =
      List.of("server.key", "server.pub", "client.key", "client.pub");

  private static final int FIELD_BITS = 256;
  private static final String PRIVATE = "rw-------";
  private static final String PUBLIC = "rw-r--r--";

  private KeySet() {}

  /**
   * Writes {@link #FILES}, the private ones readable by their owner only. Makes the directory if
   * there is none.
   *
   * @throws FileAlreadyExistsException if one of the files exists and {@code overwrite} is false;
   *     then nothing is written
   */
  public static void generate(Path directory, boolean overwrite) throws IOException {
    Files.createDirectories(directory);
    if (!overwrite) {
      refuseIfAnyExists(directory);
    }
    for (String who : List.of("server", "client")) {
      KeyPair pair = newPair();
      write(directory, who + ".key", PRIVATE, "PRIVATE KEY", pkcs8(pair));
      write(directory, who + ".pub", PUBLIC, "PUBLIC KEY", pair.getPublic().getEncoded());
    }
  }

  private static void refuseIfAnyExists(Path directory) throws FileAlreadyExistsException {
    List<Path> existing =
        FILES.stream()
            .map(directory::resolve)
            .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
            .toList();
    if (!existing.isEmpty()) {
      throw new FileAlreadyExistsException(
          existing.toString(),
          null,
          "keys exist already, and whoever holds them would be locked out. Choose another"
              + " directory, or say that they may be replaced (-force)");
    }
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK makes P-256 keys", e);
    }
  }

  /** With the public key in it, as OpenSSL makes it and the JDK does not: GnuTLS reads no other. */
  private static byte[] pkcs8(KeyPair pair) throws IOException {
    PrivateKeyInfo bare = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
    ECPrivateKey secret = ECPrivateKey.getInstance(bare.parsePrivateKey());
    ASN1BitString point =
        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()).getPublicKeyData();
    ECPrivateKey whole = new ECPrivateKey(FIELD_BITS, secret.getKey(), point, null);
    return new PrivateKeyInfo(bare.getPrivateKeyAlgorithm(), whole).getEncoded();
  }

  /** A new file takes the name at once: nobody reads half a key, and no link is written through. */
  private static void write(Path directory, String name, String mode, String type, byte[] der)
      throws IOException {
    byte[] pem =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), type)
            .getBytes(StandardCharsets.US_ASCII);
    var attributes = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE));
    Path whole = Files.createTempFile(directory, "." + name, ".new", attributes);
    try {
      Files.write(whole, pem);
      Files.setPosixFilePermissions(whole, PosixFilePermissions.fromString(mode));
      Files.move(
          whole,
          directory.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(whole);
    }
  }
}
