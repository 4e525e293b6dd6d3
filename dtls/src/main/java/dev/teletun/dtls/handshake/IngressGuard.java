package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.RecordHeader;
import org.bouncycastle.tls.AlertDescription;

/**
 * Decides which records BouncyCastle gets to see during a handshake. Each rule answers a way to
 * kill or to bloat it from outside, without a key.
 */
final class IngressGuard {
  /** What to do with a record. */
  enum Verdict {
    /** BouncyCastle may have it. */
    PASS,
    /** A packet ahead of the end of the handshake: for the association to open. */
    KEEP,
    /** An alert in clear: anybody may have sent it. */
    ALERT,
    /** Nobody wants it. */
    DROP
  }

  private static final int SHORTEST_PROTECTED = 8 + 16; // explicit nonce and tag (RFC 5288 §3)
  private static final int FATAL = 2;

  private final boolean server;
  private final ConnectionIds ids;
  private final MessageLedger ledger = new MessageLedger();
  private boolean changed;

  IngressGuard(boolean server, ConnectionIds ids) {
    this.server = server;
    this.ids = ids;
  }

  /** Looks at the record at {@code at}; the whole of it is there, and nothing behind it. */
  Verdict judge(byte[] bytes, int at) {
    int version = RecordHeader.version(bytes, at);
    if (version != RecordHeader.VERSION && version != RecordHeader.VERSION_1_0) {
      return Verdict.DROP;
    }
    return switch (RecordHeader.epoch(bytes, at)) {
      case 0 -> judgeClear(bytes, at);
      case 1 -> judgeProtected(bytes, at);
      default -> Verdict.DROP;
    };
  }

  private Verdict judgeClear(byte[] bytes, int at) {
    int body = at + RecordHeader.LENGTH;
    int length = RecordHeader.bodyLength(bytes, at);
    return switch (RecordHeader.type(bytes, at)) {
      case RecordHeader.HANDSHAKE -> judgeFragments(bytes, body, length);
      case RecordHeader.CHANGE_CIPHER_SPEC -> judgeChangeCipherSpec(length);
      case RecordHeader.ALERT -> length == 2 && isFinal(bytes, body) ? Verdict.ALERT : Verdict.DROP;
      default -> Verdict.DROP;
    };
  }

  private static boolean isFinal(byte[] bytes, int at) {
    return bytes[at] == FATAL || bytes[at + 1] == AlertDescription.close_notify;
  }

  /**
   * BouncyCastle 1.84 changes epochs at once, and is then deaf to a CertificateVerify that was lost
   * or overtaken and comes again in clear. Without the change, the peer repeats both.
   */
  private Verdict judgeChangeCipherSpec(int length) {
    if (length != 1 || (server && !ledger.hasCertificateVerify())) {
      return Verdict.DROP;
    }
    changed = true;
    return Verdict.PASS;
  }

  private Verdict judgeFragments(byte[] bytes, int body, int bodyLength) {
    int at = body;
    int end = body + bodyLength;
    while (end - at >= HandshakeFragment.HEADER) {
      HandshakeFragment fragment = HandshakeFragment.read(bytes, at);
      at += HandshakeFragment.HEADER;
      if (fragment.length() > end - at || !ledger.admit(fragment, bytes, at)) {
        return Verdict.DROP;
      }
      at += fragment.length();
    }
    return at == end && bodyLength > 0 ? Verdict.PASS : Verdict.DROP;
  }

  /**
   * BouncyCastle splits a record of the form that was not agreed on where that record's sender
   * wants it, and takes its parts for records that have passed here: so the form comes first.
   */
  private Verdict judgeProtected(byte[] bytes, int at) {
    ConnectionId expected = ids.expected();
    if (expected == null) {
      return Verdict.DROP;
    }
    if (!expected.isNone()) {
      return judgeWithId(expected, bytes, at);
    }
    if (RecordHeader.bodyLength(bytes, at) < SHORTEST_PROTECTED) {
      return Verdict.DROP;
    }
    return switch (RecordHeader.type(bytes, at)) {
      case RecordHeader.HANDSHAKE, RecordHeader.ALERT -> Verdict.PASS;
      case RecordHeader.APPLICATION_DATA -> Verdict.KEEP;
      default -> Verdict.DROP;
    };
  }

  /**
   * What is inside is seen when it is opened. Before the change of keys BouncyCastle cannot, so it
   * is a packet that has overtaken the change, or a Finished that will come again.
   */
  private Verdict judgeWithId(ConnectionId expected, byte[] bytes, int at) {
    int bodyLength = bytes.length - at - RecordHeader.LENGTH - expected.length();
    if (!expected.isOf(bytes, at, bytes.length - at) || bodyLength <= SHORTEST_PROTECTED) {
      return Verdict.DROP;
    }
    return changed ? Verdict.PASS : Verdict.KEEP;
  }

  /** True if the peer has said something new since the last call. */
  boolean takeProgress() {
    return ledger.takeProgress();
  }
}
