package dev.teletun.client.cluster.access;

import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which kind of private key a PEM text holds. fabric8 takes every {@code PRIVATE KEY} for RSA,
 * which {@code openssl}, kubeadm and cert-manager also write for other kinds.
 */
final class KeyAlgorithm {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----");

  private KeyAlgorithm() {}

  /** The JCA's name of it; empty if the text says it by itself, or is no key. */
  static Optional<String> of(String pem) {
    Matcher pkcs8 = PKCS8.matcher(pem);
    if (!pkcs8.find()) {
      return Optional.empty();
    }
    PKCS8EncodedKeySpec key =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pkcs8.group(1)));
    return List.of("RSA", "EC").stream().filter(algorithm -> reads(algorithm, key)).findFirst();
  }

  private static boolean reads(String algorithm, PKCS8EncodedKeySpec key) {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(key) != null;
    } catch (InvalidKeySpecException | NoSuchAlgorithmException _) {
      return false;
    }
  }
}
