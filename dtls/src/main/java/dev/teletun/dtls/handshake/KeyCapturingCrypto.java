package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.GcmKey;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * BouncyCastle's cryptography for one handshake, but for the record cipher, which is ours: its keys
 * outlive the handshake. AES-GCM only.
 */
final class KeyCapturingCrypto extends BcTlsCrypto {
  private @Nullable GcmRecordCipher cipher;

  KeyCapturingCrypto() {
    super(new SecureRandom());
  }

  /** Null until the handshake has got as far as the keys. */
  @Nullable GcmRecordCipher cipher() {
    return cipher;
  }

  @Override
  public TlsCipher createCipher(TlsCryptoParameters parameters, int encryption, int mac)
      throws IOException {
    int keyBytes =
        switch (encryption) {
          case EncryptionAlgorithm.AES_128_GCM -> 16;
          case EncryptionAlgorithm.AES_256_GCM -> 32;
          default -> throw new TlsFatalAlert(AlertDescription.internal_error);
        };
    if (cipher != null) {
      throw new TlsFatalAlert(AlertDescription.internal_error, "a second set of keys");
    }
    byte[] block = TlsImplUtils.calculateKeyBlock(parameters, 2 * keyBytes + 2 * GcmKey.SALT);
    int salts = 2 * keyBytes;
    GcmKey clientWrites = key(block, 0, keyBytes, salts);
    GcmKey serverWrites = key(block, keyBytes, keyBytes, salts + GcmKey.SALT);
    Arrays.fill(block, (byte) 0);
    boolean server = parameters.isServer();
    cipher =
        new GcmRecordCipher(
            new RecordSealer(server ? serverWrites : clientWrites),
            new RecordOpener(server ? clientWrites : serverWrites));
    return cipher;
  }

  /** Order of the key block: RFC 5246 §6.3. */
  private static GcmKey key(byte[] block, int at, int keyBytes, int saltAt) {
    return new GcmKey(
        Arrays.copyOfRange(block, at, at + keyBytes),
        Arrays.copyOfRange(block, saltAt, saltAt + GcmKey.SALT));
  }
}
