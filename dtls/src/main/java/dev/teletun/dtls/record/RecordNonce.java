package dev.teletun.dtls.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The nonces of one key, one after the other, as the JDK takes them: one object for all, where the
 * JDK's own would be made for each record.
 */
final class RecordNonce extends GCMParameterSpec {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes = new byte[GcmKey.SALT + GcmKey.EXPLICIT_NONCE];

  RecordNonce(byte[] salt) {
    super(GcmKey.TAG * 8, salt); // which nobody sees: getIV() is ours
    System.arraycopy(salt, 0, bytes, 0, GcmKey.SALT);
  }

  /** From now on it is this one, until the next call. */
  void set(long explicitNonce) {
    LONG.set(bytes, GcmKey.SALT, explicitNonce);
  }

  /** A copy, as the JDK wants it: it compares the one before with the next, to refuse the same. */
  @Override
  public byte[] getIV() {
    return bytes.clone();
  }
}
