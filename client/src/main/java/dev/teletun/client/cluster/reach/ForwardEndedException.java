package dev.teletun.client.cluster.reach;

import java.net.SocketException;

/** A stream through the API server has ended; the message says why. */
public final class ForwardEndedException extends SocketException {
  private static final long serialVersionUID = 1;

  ForwardEndedException(String message) {
    super(message);
  }
}
