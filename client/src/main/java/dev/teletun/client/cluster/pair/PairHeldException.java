package dev.teletun.client.cluster.pair;

import java.io.IOException;

/** Somebody else's client holds the pair; the message says who, since when, and what to do. */
public final class PairHeldException extends IOException {
  private static final long serialVersionUID = 1;

  PairHeldException(String message) {
    super(message);
  }
}
