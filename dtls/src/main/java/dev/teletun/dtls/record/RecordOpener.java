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

  /** Bytes that {@link #open} needs to write to: the type may stand behind the plaintext. */
  public static final int LARGEST_INNER = LARGEST_PLAINTEXT + 1;

  private static final int EXPANSION = GcmKey.EXPLICIT_NONCE + GcmKey.TAG;

  private final GcmKey key;
  private final ReplayWindow window = new ReplayWindow();
  private int type;
  private boolean newest;

  /** The key must not be used anywhere else. */
  public RecordOpener(GcmKey key) {
    this.key = key;
  }

  /** What the peer's records carry; records without it, or with another, are not opened. */
  public ConnectionId id() {
    return key.id();
  }

  /** Bytes that a record's body is longer than what it carries, at least. */
  public int expansion() {
    return key.id().expansion();
  }

  /** Bytes of a record's header, the connection ID included. */
  public int headerLength() {
    return key.id().headerLength();
  }

  /**
   * Opens the record at {@code record[at…]}, and will not open it again. The caller has checked
   * that the whole of it is there ({@link RecordHeader#size}).
   *
   * @param into receives the plaintext from its first byte on; {@link #LARGEST_INNER} bytes
   * @return length of the plaintext, which may be 0, or one of the negative constants
   */
  public int open(byte[] record, int at, byte[] into) {
    int length = peek(record, at, into);
    if (length >= 0) {
      remember(record, at);
    }
    return length;
  }

  /** As {@link #open}, but the record can be opened again until it is remembered. */
  public int peek(byte[] record, int at, byte[] into) {
    if ((RecordHeader.type(record, at) == RecordHeader.TLS12_CID) == id().isNone()) {
      return MALFORMED; // the form that was not agreed on: its header has another length
    }
    int header = headerLength();
    int length = RecordHeader.bodyLength(record, at, header) - EXPANSION;
    if (length < 0
        || length > (id().isNone() ? LARGEST_PLAINTEXT : LARGEST_INNER)
        || RecordHeader.epoch(record, at) != 1
        || RecordHeader.version(record, at) != RecordHeader.VERSION) {
      return MALFORMED;
    }
    if (!id().isNone() && !id().isOf(record, at, header)) {
      return FORGED;
    }
    if (!window.isFresh(RecordHeader.sequence(record, at))) {
      return REPLAYED;
    }
    int body = at + header;
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
    if (!id().isNone()) {
      return takeType(into, length);
    }
    type = RecordHeader.type(record, at);
    return length;
  }

  /** The true type is the last byte that is not padding (RFC 9146 §4). */
  private int takeType(byte[] inner, int length) {
    int at = length - 1;
    while (at >= 0 && inner[at] == 0) {
      at--;
    }
    if (at < 0) {
      return MALFORMED;
    }
    type = inner[at] & 0xFF;
    return at;
  }

  /** Lets nobody open the record at {@code record[at…]} again, which was authentic. */
  public void remember(byte[] record, int at) {
    newest = window.remember(RecordHeader.sequence(record, at));
  }

  /** The true type of the last record opened. */
  public int type() {
    return type;
  }

  /** True if the last record remembered has the highest number so far. */
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
