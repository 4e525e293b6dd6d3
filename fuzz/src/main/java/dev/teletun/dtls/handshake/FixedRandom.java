package dev.teletun.dtls.handshake;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/** The same bytes each time: a handshake with it can be repeated, and protects nothing. */
final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private final transient SplittableRandom bytes;

  FixedRandom(long seed) {
    this.bytes = new SplittableRandom(seed);
  }

  @Override
  public void nextBytes(byte[] into) {
    bytes.nextBytes(into);
  }
}
