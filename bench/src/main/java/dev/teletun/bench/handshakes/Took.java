package dev.teletun.bench.handshakes;

/**
 * One handshake.
 *
 * @param established nanoseconds until the client had keys, or {@link #FAILED}
 * @param ready nanoseconds until the server had taken the token too, or {@link #FAILED}
 */
record Took(long established, long ready) {
  static final long FAILED = -1;
}
