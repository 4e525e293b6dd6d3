package dev.teletun.client.cluster.prefix;

import java.io.IOException;
import java.time.Duration;

/** The API server answered, but not with what it was asked for. */
final class StatusException extends IOException {
  private static final long serialVersionUID = 1;

  private final int code;
  private final Duration retryAfter;

  StatusException(int code, Duration retryAfter) {
    super("the API server answered " + code);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** Of HTTP, or of the Status object in a watch. */
  int code() {
    return code;
  }

  /** How long it asks to be left alone; zero if it does not say. */
  Duration retryAfter() {
    return retryAfter;
  }
}
