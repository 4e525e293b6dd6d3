package dev.teletun.dtls.handshake;

import java.util.BitSet;
import org.bouncycastle.tls.HandshakeType;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of which handshake messages have come in clear, and how much more may come.
 *
 * <p>BouncyCastle 1.84 allocates what a fragment declares (CVE-2026-59646) and takes quadratic time
 * over many small ones, both before anybody is authenticated.
 */
final class MessageLedger {
  /** Whole messages; the largest is a Certificate. */
  static final int LARGEST_MESSAGE = 8 * 1024;

  /** Fragments that bring something new, in one handshake. */
  static final int MOST_FRAGMENTS = 64;

  /** Bytes that are new, in one handshake. */
  static final int MOST_BYTES = 64 * 1024;

  /**
   * Fragments that bring nothing new: retransmissions. Six or seven of a flight fit into a deadline
   * of 10 s.
   */
  static final int MOST_REPETITIONS = 256;

  private static final int MOST_MESSAGES = 32;

  private static final class Message {
    final int type;
    final int length;
    final BitSet covered;
    final @Nullable CertificateList certificates;

    Message(HandshakeFragment first) {
      this.type = first.type();
      this.length = first.messageLength();
      this.covered = new BitSet(length);
      this.certificates = type == HandshakeType.certificate ? new CertificateList(length) : null;
    }

    /** False if the fragment, of which {@code fresh} bytes are new, would complete nonsense. */
    boolean staysSound(HandshakeFragment fragment, int fresh, byte[] bytes, int at) {
      if (certificates == null) {
        return true;
      }
      if (!certificates.agrees(fragment, covered, bytes, at)) {
        return false;
      }
      certificates.put(fragment, covered, bytes, at);
      return covered.cardinality() + fresh < length || certificates.isSound();
    }

    boolean isComplete() {
      return covered.cardinality() == length;
    }
  }

  private final @Nullable Message[] messages = new @Nullable Message[MOST_MESSAGES];
  private int fragments;
  private int admittedBytes;
  private int repetitions;
  private boolean progressed;
  private boolean certificateVerified;

  /**
   * False if BouncyCastle must not see the record that the fragment is in.
   *
   * @param bytes from {@code at} on hold what the fragment carries
   */
  boolean admit(HandshakeFragment fragment, byte[] bytes, int at) {
    if (!isWellFormed(fragment)) {
      return false;
    }
    Message known = messages[fragment.messageNumber()];
    if (known != null
        && (known.type != fragment.type() || known.length != fragment.messageLength())) {
      return false;
    }
    return known == null
        ? admitFirst(fragment, bytes, at)
        : admitFurther(known, fragment, bytes, at);
  }

  /**
   * A Finished is never in clear, nobody has asked for supplemental data, in which BouncyCastle
   * 1.84 believes a length of 3 bytes, and a part of a message is never empty.
   */
  private static boolean isWellFormed(HandshakeFragment fragment) {
    return fragment.type() != HandshakeType.finished
        && fragment.type() != HandshakeType.supplemental_data
        && fragment.messageLength() <= LARGEST_MESSAGE
        && fragment.offset() + fragment.length() <= fragment.messageLength()
        && fragment.messageNumber() < MOST_MESSAGES
        && (fragment.length() > 0 || fragment.messageLength() == 0);
  }

  private boolean admitFirst(HandshakeFragment fragment, byte[] bytes, int at) {
    if (fragments >= MOST_FRAGMENTS || admittedBytes + fragment.length() > MOST_BYTES) {
      return false;
    }
    Message message = new Message(fragment);
    if (!message.staysSound(fragment, fragment.length(), bytes, at)) {
      return false;
    }
    messages[fragment.messageNumber()] = message;
    cover(message, fragment, fragment.length());
    return true;
  }

  private boolean admitFurther(Message message, HandshakeFragment fragment, byte[] bytes, int at) {
    int from = fragment.offset();
    int fresh =
        fragment.length() - message.covered.get(from, from + fragment.length()).cardinality();
    if (fresh == 0) {
      return ++repetitions <= MOST_REPETITIONS && message.staysSound(fragment, 0, bytes, at);
    }
    if (fragments >= MOST_FRAGMENTS
        || admittedBytes + fresh > MOST_BYTES
        || !message.staysSound(fragment, fresh, bytes, at)) {
      return false;
    }
    cover(message, fragment, fresh);
    return true;
  }

  private void cover(Message message, HandshakeFragment fragment, int fresh) {
    message.covered.set(fragment.offset(), fragment.offset() + fragment.length());
    fragments++;
    admittedBytes += fresh;
    progressed = true;
    certificateVerified |= message.type == HandshakeType.certificate_verify && message.isComplete();
  }

  /** True if a CertificateVerify has come as a whole. */
  boolean hasCertificateVerify() {
    return certificateVerified;
  }

  /** True if something new has come since the last call. */
  boolean takeProgress() {
    boolean was = progressed;
    progressed = false;
    return was;
  }
}
