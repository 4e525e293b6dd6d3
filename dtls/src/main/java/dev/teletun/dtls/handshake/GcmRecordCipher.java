package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * Lets BouncyCastle seal and open its few epoch-1 records with the sealer and the opener that the
 * association goes on with: one counter, one replay window.
 */
final class GcmRecordCipher implements TlsCipher {
  /** A Finished has 12 bytes (RFC 5246 §7.4.9); nothing else belongs into epoch 1. */
  private static final int LARGEST_FINISHED = 64;

  private final RecordSealer sealer;
  private final RecordOpener opener;
  private final Consumer<byte[]> early;

  /** {@code early} takes whole records with packets, which are not opened yet. */
  GcmRecordCipher(RecordSealer sealer, RecordOpener opener, Consumer<byte[]> early) {
    this.sealer = sealer;
    this.opener = opener;
    this.early = early;
  }

  RecordSealer sealer() {
    return sealer;
  }

  RecordOpener opener() {
    return opener;
  }

  /** BouncyCastle writes the header again, with the same content. */
  @Override
  public TlsEncodeResult encodePlaintext(
      long epochAndSequence,
      short type,
      ProtocolVersion version,
      int headerLength,
      byte[] bytes,
      int at,
      int length)
      throws IOException {
    if (epochAndSequence != sealer.next()
        || headerLength != sealer.headerLength()
        || !ProtocolVersion.DTLSv12.equals(version)) {
      throw new TlsFatalAlert(
          AlertDescription.internal_error,
          "record %x would not get the number %x that it is sealed with"
              .formatted(epochAndSequence, sealer.next()));
    }
    byte[] record = new byte[length + sealer.overhead()];
    sealer.seal(type, bytes, at, length, record, 0);
    return new TlsEncodeResult(record, 0, record.length, (short) RecordHeader.type(record, 0));
  }

  /**
   * What cannot be opened is a bad MAC, never a decode error: for BouncyCastle that is the
   * difference between a dropped record and a dead association. A packet among the records of type
   * 25, which do not show their type, is not for BouncyCastle either.
   */
  @Override
  public TlsDecodeResult decodeCiphertext(
      long epochAndSequence, short type, ProtocolVersion version, byte[] record, int at, int length)
      throws IOException {
    byte[] plaintext = new byte[RecordOpener.LARGEST_INNER];
    int start = at - opener.headerLength();
    int opened = opener.peek(record, start, plaintext);
    if (opened < 0) {
      throw new TlsFatalAlert(AlertDescription.bad_record_mac);
    }
    if (opener.type() == RecordHeader.APPLICATION_DATA) {
      early.accept(Arrays.copyOfRange(record, start, at + length));
      throw new TlsFatalAlert(AlertDescription.bad_record_mac);
    }
    opener.remember(record, start);
    if (opener.type() == RecordHeader.HANDSHAKE && !isFinished(plaintext, opened)) {
      throw new TlsFatalAlert(AlertDescription.bad_record_mac);
    }
    return new TlsDecodeResult(plaintext, 0, opened, (short) opener.type());
  }

  private static boolean isFinished(byte[] message, int length) {
    return length >= HandshakeFragment.HEADER
        && TlsUtils.readUint8(message, 0) == HandshakeType.finished
        && TlsUtils.readUint24(message, 1) <= LARGEST_FINISHED;
  }

  @Override
  public int getCiphertextDecodeLimit(int plaintextLimit) {
    return plaintextLimit + opener.expansion();
  }

  @Override
  public int getCiphertextEncodeLimit(int plaintextLimit) {
    return plaintextLimit + sealer.expansion();
  }

  @Override
  public int getPlaintextDecodeLimit(int ciphertextLimit) {
    return ciphertextLimit - opener.expansion();
  }

  @Override
  public int getPlaintextEncodeLimit(int ciphertextLimit) {
    return ciphertextLimit - sealer.expansion();
  }

  @Override
  public void rekeyDecoder() throws IOException {
    throw new TlsFatalAlert(AlertDescription.internal_error); // TLS 1.3 only
  }

  @Override
  public void rekeyEncoder() throws IOException {
    throw new TlsFatalAlert(AlertDescription.internal_error); // TLS 1.3 only
  }

  @Override
  public boolean usesOpaqueRecordTypeDecode() {
    return !opener.id().isNone();
  }

  @Override
  public boolean usesOpaqueRecordTypeEncode() {
    return sealer.headerLength() != RecordHeader.LENGTH;
  }
}
