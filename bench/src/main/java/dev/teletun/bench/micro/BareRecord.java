package dev.teletun.bench.micro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What AES-GCM costs by itself: the calls of the JDK that a record needs, and nothing of ours. The
 * same two nonces in turns, under a key that protects nothing, so that what was encrypted can be
 * decrypted again and again.
 */
final class BareRecord {
  static final int TAG = 16;
  static final int NONCE = 12;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int AAD = 13; // without a connection ID

  private final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
  private final Cipher cipher;
  private final byte[] nonce = new byte[NONCE];
  private final byte[] additionalData = new byte[AAD];
  private final Reused[] reused = {new Reused(), new Reused()};
  private long number;

  BareRecord() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Of {@code length} bytes; with the tag they are 16 more. */
  int encrypt(byte[] from, int length, byte[] into) throws GeneralSecurityException {
    start(Cipher.ENCRYPT_MODE, number++);
    return cipher.doFinal(from, 0, length, into, 0);
  }

  /** Undoes the first {@link #encrypt}. */
  int decrypt(byte[] from, int length, byte[] into) throws GeneralSecurityException {
    start(Cipher.DECRYPT_MODE, 0);
    return cipher.doFinal(from, 0, length + TAG, into, 0);
  }

  /** What comes before both. */
  private void start(int mode, long explicit) throws GeneralSecurityException {
    init(mode, explicit);
    cipher.updateAAD(additionalData);
  }

  /** Begins with a nonce, which makes the cipher forget what it was at. */
  void init(int mode, long explicit) throws GeneralSecurityException {
    LONG.set(nonce, NONCE - Long.BYTES, explicit);
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
  }

  /** As {@link #encrypt}, without the copies of the nonce: tried, and not worth it. */
  int encryptWithReusedParameters(byte[] from, int length, byte[] into)
      throws GeneralSecurityException {
    Reused parameters = reused[(int) number & 1]; // the JDK compares with the ones before
    LONG.set(parameters.own, NONCE - Long.BYTES, number++);
    cipher.init(Cipher.ENCRYPT_MODE, key, parameters);
    cipher.updateAAD(additionalData);
    return cipher.doFinal(from, 0, length, into, 0);
  }

  /** Gives away its own nonce where the contract says a copy. */
  private static final class Reused extends GCMParameterSpec {
    final byte[] own = new byte[NONCE];

    Reused() {
      super(8 * TAG, new byte[NONCE]);
    }

    @Override
    public byte[] getIV() {
      return own;
    }
  }
}
