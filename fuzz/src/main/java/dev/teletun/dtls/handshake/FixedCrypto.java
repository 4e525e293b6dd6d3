package dev.teletun.dtls.handshake;

import java.security.SecureRandom;
import java.util.function.Consumer;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;

/** The real cryptography with {@link FixedRandom}: BouncyCastle would stir the time in. */
final class FixedCrypto extends KeyCapturingCrypto {
  private final SecureRandom random;

  private FixedCrypto(Consumer<byte[]> early, SecureRandom random) {
    super(early, random);
    this.random = random;
  }

  static FixedCrypto of(Consumer<byte[]> early, long seed) {
    return new FixedCrypto(early, new FixedRandom(seed));
  }

  @Override
  public TlsECDomain createECDomain(TlsECConfig config) {
    return config.getNamedGroup() == NamedGroup.x25519
        ? () -> new RememberedX25519(this)
        : super.createECDomain(config);
  }

  @Override
  public TlsNonceGenerator createNonceGenerator(byte[] additionalSeedMaterial) {
    return size -> {
      byte[] nonce = new byte[size];
      random.nextBytes(nonce);
      return nonce;
    };
  }
}
