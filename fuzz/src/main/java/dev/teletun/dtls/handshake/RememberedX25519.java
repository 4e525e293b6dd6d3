package dev.teletun.dtls.handshake;

import java.io.IOException;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcX25519;

/** BouncyCastle's exchange of keys, computed once for each pair of keys. */
final class RememberedX25519 extends BcX25519 {
  private static final Remembered PUBLIC = new Remembered();
  private static final Remembered SHARED = new Remembered();

  RememberedX25519(BcTlsCrypto crypto) {
    super(crypto);
  }

  @Override
  public byte[] generateEphemeral() {
    X25519.generatePrivateKey(crypto.getSecureRandom(), privateKey);
    return PUBLIC.of(
        () -> {
          byte[] key = new byte[X25519.POINT_SIZE];
          X25519.generatePublicKey(privateKey, 0, key, 0);
          return key;
        },
        privateKey);
  }

  /** Throws as often as BouncyCastle does: nothing is remembered then. */
  @Override
  public TlsSecret calculateSecret() throws IOException {
    byte[] secret = SHARED.of(() -> super.calculateSecret().extract(), privateKey, peerPublicKey);
    return new BcTlsSecret(crypto, secret);
  }
}
