package dev.teletun.dtls.record;

/** Opens the records of epoch 1 that the peer sends, each number once. */
public final class RecordOpener {
  /** {@link #open}: seen before, or too old to know. */
  public static final int REPLAYED = -1;

  /** {@link #open}: not made with the peer's key. */
  public static final int FORGED = -2;

  /** {@link #open}: cannot be a record of epoch 1, whoever made it. */
  public static final int MALFORMED = -3;

  /** Most plaintext that a record may carry (RFC 5246 §6.2.1). */
  public static final int LARGEST_PLAINTEXT = 1 << 14;

  private static final int EXPANSION = GcmKey.EXPLICIT_NONCE + GcmKey.TAG;

  private final GcmKey key;
  private final ReplayWindow window = new ReplayWindow();
  private boolean newest;

  /** The key must not be used anywhere else. */
  public RecordOpener(GcmKey key) {
    this.key = key;
  }

  /**
   * Opens the record at {@code record[at…]}; the caller has checked that the whole of it is there.
   *
   * @param into receives the plaintext from its first byte on; {@link #LARGEST_PLAINTEXT} bytes
   * @return length of the plaintext, which may be 0, or one of the negative constants
   */
  public int open(byte[] record, int at, byte[] into) {
    int length = RecordHeader.bodyLength(record, at) - EXPANSION;
    if (length < 0
        || length > LARGEST_PLAINTEXT
        || RecordHeader.epoch(record, at) != 1
        || RecordHeader.version(record, at) != RecordHeader.VERSION) {
      return MALFORMED;
    }
    long sequence = RecordHeader.sequence(record, at);
    if (!window.isFresh(sequence)) {
      return REPLAYED;
    }
    int body = at + RecordHeader.LENGTH;
    boolean authentic =
        key.open(
            explicitNonce(record, body),
            RecordHeader.epochAndSequence(record, at),
            RecordHeader.type(record, at),
            record,
            body + GcmKey.EXPLICIT_NONCE,
            length + GcmKey.TAG,
            into);
    if (!authentic) {
      return FORGED;
    }
    newest = window.remember(sequence);
    return length;
  }

  /** True if the last record opened has the highest number so far. */
  public boolean wasNewest() {
    return newest;
  }

  private static long explicitNonce(byte[] record, int at) {
    long nonce = 0;
    for (int i = 0; i < GcmKey.EXPLICIT_NONCE; i++) {
      nonce = nonce << 8 | (record[at + i] & 0xFF);
    }
    return nonce;
  }
}
