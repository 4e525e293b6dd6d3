package dev.teletun.dtls.handshake;

import org.jspecify.annotations.Nullable;

/** Where a rehearsal's datagrams come from. */
public interface Network {
  /** The next one; null when there is nothing more to come. */
  byte @Nullable [] next();

  /** No later one is larger. BouncyCastle takes new buffers of this size for each message. */
  default int largestBytes() {
    return Integer.MAX_VALUE;
  }
}
