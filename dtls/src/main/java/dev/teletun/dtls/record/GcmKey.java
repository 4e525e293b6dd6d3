package dev.teletun.dtls.record;

import java.security.GeneralSecurityException;
import java.security.Key;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-GCM with the write key of one side (RFC 5288 §3): 4 bytes of the nonce belong to the key, 8
 * are written in each record. The connection ID of the other side, if it has one, is authenticated
 * with each record.
 */
public final class GcmKey {
  static final int EXPLICIT_NONCE = 8;
  static final int TAG = 16;

  /** Bytes of the nonce that come with the key. */
  public static final int SALT = 4;

  private final Cipher cipher;
  private final Key key;
  private final RecordNonce nonce;
  private final ConnectionId id;
  private final AdditionalData additionalData;

  /** For records without a connection ID. Copies both arrays. */
  public GcmKey(byte[] key, byte[] salt) {
    this(key, salt, ConnectionId.NONE);
  }

  /**
   * Copies both arrays.
   *
   * @param id of the side that receives the records
   */
  public GcmKey(byte[] key, byte[] salt, ConnectionId id) {
    this.id = id;
    this.additionalData = new AdditionalData(id);
    this.key = new SecretKeySpec(key, "AES");
    this.nonce = new RecordNonce(salt);
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  ConnectionId id() {
    return id;
  }

  /**
   * Encrypts {@code length} bytes to {@code into[intoAt…]}, the type behind them if there is a
   * connection ID, and the tag behind that.
   */
  void seal(
      long explicitNonce,
      long epochAndSequence,
      int type,
      byte[] bytes,
      int at,
      int length,
      byte[] into,
      int intoAt) {
    try {
      if (id.isNone()) {
        start(Cipher.ENCRYPT_MODE, explicitNonce, epochAndSequence, type, length);
        cipher.doFinal(bytes, at, length, into, intoAt);
      } else { // in place: faster than an update for the type, and no slower than a scratch array
        System.arraycopy(bytes, at, into, intoAt, length);
        into[intoAt + length] = (byte) type;
        start(Cipher.ENCRYPT_MODE, explicitNonce, epochAndSequence, type, length + 1);
        cipher.doFinal(into, intoAt, length + 1, into, intoAt);
      }
    } catch (GeneralSecurityException e) { // also a buffer too short: the caller's mistake
      throw new IllegalStateException("sealing %d bytes failed".formatted(length), e);
    }
  }

  /**
   * Decrypts {@code length} bytes, tag included, out of place: the JDK's fast path needs that.
   *
   * @return false if they are not authentic; {@code into} then holds nothing of use
   */
  boolean open(
      long explicitNonce,
      long epochAndSequence,
      int type,
      byte[] bytes,
      int at,
      int length,
      byte[] into) {
    try {
      start(Cipher.DECRYPT_MODE, explicitNonce, epochAndSequence, type, length - TAG);
      cipher.doFinal(bytes, at, length, into, 0);
      return true;
    } catch (AEADBadTagException _) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening %d bytes failed".formatted(length), e);
    }
  }

  private void start(int mode, long explicitNonce, long epochAndSequence, int type, int length)
      throws GeneralSecurityException {
    nonce.set(explicitNonce);
    cipher.init(mode, key, nonce);
    additionalData.set(epochAndSequence, type, length);
    cipher.updateAAD(additionalData.bytes);
  }
}
