package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.GcmKey;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Consumer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.SecurityParameters;
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
class KeyCapturingCrypto extends BcTlsCrypto {
  private final Consumer<byte[]> early;
  private @Nullable GcmRecordCipher cipher;

  /** {@code early} takes records with packets that come ahead of the end of the handshake. */
  KeyCapturingCrypto(Consumer<byte[]> early) {
    this(early, new SecureRandom());
  }

  /** With another source of chance; only a rehearsal may know what it brings. */
  KeyCapturingCrypto(Consumer<byte[]> early, SecureRandom random) {
    super(random);
    this.early = early;
  }

  /** Null until the handshake has got as far as the keys. */
  final @Nullable GcmRecordCipher cipher() {
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
    SecurityParameters agreed = parameters.getSecurityParametersHandshake();
    ConnectionId weWrite = id(agreed.getConnectionIDLocal()); // the peer's, that is
    ConnectionId peerWrites = id(agreed.getConnectionIDPeer());
    boolean server = parameters.isServer();
    GcmKey clientKey = key(block, 0, keyBytes, salts, server ? peerWrites : weWrite);
    GcmKey serverKey =
        key(block, keyBytes, keyBytes, salts + GcmKey.SALT, server ? weWrite : peerWrites);
    Arrays.fill(block, (byte) 0);
    cipher =
        new GcmRecordCipher(
            new RecordSealer(server ? serverKey : clientKey),
            new RecordOpener(server ? clientKey : serverKey),
            early);
    return cipher;
  }

  /** Order of the key block: RFC 5246 §6.3. */
  private static GcmKey key(byte[] block, int at, int keyBytes, int saltAt, ConnectionId id) {
    return new GcmKey(
        Arrays.copyOfRange(block, at, at + keyBytes),
        Arrays.copyOfRange(block, saltAt, saltAt + GcmKey.SALT),
        id);
  }

  private static ConnectionId id(byte @Nullable [] bytes) {
    return bytes == null ? ConnectionId.NONE : ConnectionId.of(bytes);
  }
}
