package dev.teletun.dtls.record;

/**
 * Protects every record that one side sends in epoch 1, handshake and data alike.
 *
 * <p>One counter is both sequence number and explicit nonce; nobody outside can set it, so a nonce
 * cannot be used twice with the key, which would give the key away.
 */
public final class RecordSealer {
  private static final long EPOCH_1 = 1L << 48;
  private static final long END = 2L << 48;

  private final GcmKey key;
  private long next;

  /** The key must not be used anywhere else. */
  public RecordSealer(GcmKey key) {
    this(key, 0);
  }

  /** The same from a sequence number on. */
  RecordSealer(GcmKey key, long sequence) {
    this.key = key;
    this.next = EPOCH_1 | sequence;
  }

  /** Bytes that a record is longer than what it carries. */
  public int overhead() {
    return key.id().overhead();
  }

  /** Bytes that a record's body is longer than what it carries. */
  public int expansion() {
    return key.id().expansion();
  }

  /** Bytes of a record's header, the connection ID of the peer included. */
  public int headerLength() {
    return key.id().headerLength();
  }

  /** Epoch and sequence number that the next record gets. */
  public long next() {
    return next;
  }

  /**
   * Writes one record to {@code into[intoAt…]}, which must not overlap the plaintext.
   *
   * @return its length, {@link #overhead()} more than {@code length}
   * @throws IllegalStateException after 2^48 records
   */
  public int seal(int type, byte[] bytes, int at, int length, byte[] into, int intoAt) {
    if (next >= END) {
      throw new IllegalStateException("2^48 records are sealed: a new association is overdue");
    }
    long number = next++; // before anything can fail: a number is used once at most
    int body = intoAt + headerLength();
    int size = length + overhead();
    RecordHeader.write(into, intoAt, type, number, key.id(), size - headerLength());
    writeExplicitNonce(into, body, number);
    key.seal(number, number, type, bytes, at, length, into, body + GcmKey.EXPLICIT_NONCE);
    return size;
  }

  private static void writeExplicitNonce(byte[] into, int at, long nonce) {
    for (int i = 0; i < GcmKey.EXPLICIT_NONCE; i++) {
      into[at + i] = (byte) (nonce >>> (56 - 8 * i));
    }
  }
}
