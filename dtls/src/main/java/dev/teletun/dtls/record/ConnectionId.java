package dev.teletun.dtls.record;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What one side wants to find in the records it receives (RFC 9146), so that it knows them wherever
 * they come from. Immutable; not a secret.
 */
public final class ConnectionId {
  /** Of no bytes: records have the form of RFC 6347. */
  public static final ConnectionId NONE = new ConnectionId(new byte[0]);

  /** Bytes of our own ones: enough to be unique without asking. */
  public static final int OWN_LENGTH = 8;

  private static final int LARGEST = 255; // RFC 9146 §3: opaque cid<0..2^8-1>
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;

  private ConnectionId(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A new one of {@link #OWN_LENGTH} bytes. */
  public static ConnectionId random() {
    byte[] bytes = new byte[OWN_LENGTH];
    RANDOM.nextBytes(bytes);
    return new ConnectionId(bytes);
  }

  /** Copies the bytes, of which there are 255 at most. */
  public static ConnectionId of(byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw new IllegalArgumentException(
          "a connection ID of %d bytes: no record can say more than 255".formatted(bytes.length));
    }
    return bytes.length == 0 ? NONE : new ConnectionId(bytes.clone());
  }

  /** 0 to 255. */
  public int length() {
    return bytes.length;
  }

  /** True for {@link #NONE}. */
  public boolean isNone() {
    return bytes.length == 0;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Bytes of the header of a protected record that carries it. */
  int headerLength() {
    return RecordHeader.LENGTH + bytes.length;
  }

  /** Bytes that a record is longer than what it carries, the true type included. */
  int overhead() {
    return headerLength() + expansion();
  }

  /** Bytes that a record's body is longer than what it carries. */
  int expansion() {
    return GcmKey.EXPLICIT_NONCE + GcmKey.TAG + (isNone() ? 0 : 1);
  }

  /**
   * True if the datagram {@code bytes[at…at+length]} begins with a record that carries this one:
   * never for {@link #NONE}. Allocates nothing.
   */
  public boolean isOf(byte[] datagram, int at, int length) {
    return !isNone()
        && length >= headerLength()
        && RecordHeader.type(datagram, at) == RecordHeader.TLS12_CID
        && isAt(datagram, at + RecordHeader.AT_CONNECTION_ID);
  }

  private boolean isAt(byte[] from, int at) {
    return Arrays.equals(bytes, 0, bytes.length, from, at, at + bytes.length);
  }

  void write(byte[] into, int at) {
    System.arraycopy(bytes, 0, into, at, bytes.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConnectionId id && Arrays.equals(bytes, id.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return isNone() ? "none" : HexFormat.of().formatHex(bytes);
  }
}
