package dev.teletun.protocol.message;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * 128 random bits that a server names a session with; whoever shows them is let into it, so they
 * travel inside TLS and DTLS only and are never printed.
 */
public record Token(long high, long low) {
  /** Bytes on the wire. */
  public static final int BYTES = 16;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** One that nobody else has. */
  public static Token random() {
    return new Token(RANDOM.nextLong(), RANDOM.nextLong());
  }

  /** Reads it from the buffer's position on; 16 bytes must remain. */
  public static Token read(ByteBuffer from) {
    return new Token(from.getLong(), from.getLong());
  }

  /** Writes 16 bytes at the buffer's position. */
  public void write(ByteBuffer to) {
    to.putLong(high).putLong(low);
  }

  /** Compares in constant time. */
  public boolean matches(Token other) {
    return ((high ^ other.high) | (low ^ other.low)) == 0;
  }

  @Override
  public String toString() {
    return "Token[hidden]";
  }
}
